/** Collects the metrics of all processes of the service, for the worker that responds to a scrape. */
import { Deferred, Effect } from "effect"
import { mergeMetrics } from "../../adapters/telemetry/MergeMetrics.ts"
import { gauge, scrape } from "../../adapters/telemetry/Metrics.ts"
import type { WorkerProcess } from "./WorkerProcess.ts"

/** The time limit of the workers. Those that are late are counted. */
const collectMillis = 1_000

const running = gauge("taskwright_workers", "Workers that serve.")
const late = gauge("taskwright_workers_late", "Workers that did not respond to this scrape in time.")

export interface Scrapes {
  /** Asks the others, and sends the merged metrics to the worker that asks. */
  readonly answer: (asker: WorkerProcess, id: number, text: string) => Effect.Effect<void>
  readonly collected: (worker: WorkerProcess, id: number, text: string) => void
  /** Keeps the counters of a worker that has ended. */
  readonly retire: (worker: WorkerProcess) => void
}

/** `serving` returns the workers that serve. */
export const makeScrapes = (serving: () => ReadonlyArray<WorkerProcess>): Scrapes => {
  /** The last metrics of each worker. */
  const last = new Map<WorkerProcess, string>()
  const pending = new Map<string, Deferred.Deferred<void>>()
  /** The counters of all workers that have ended. */
  let retired = ""
  let scrapes = 0

  const collect = (worker: WorkerProcess, id: number): Effect.Effect<boolean> => {
    const key = `${worker.pid} ${id}`
    const response = Deferred.makeUnsafe<void>()
    pending.set(key, response)
    worker.send({ _tag: "Collect", id })
    return Effect.raceFirst(
      Effect.as(Deferred.await(response), true),
      Effect.as(Deferred.await(worker.ended), false),
    ).pipe(
      Effect.timeoutOrElse({ duration: collectMillis, orElse: () => Effect.succeed(false) }),
      Effect.ensuring(Effect.sync(() => pending.delete(key))),
    )
  }

  return {
    answer: Effect.fnUntraced(function* (asker, id, text) {
      last.set(asker, text)
      const scrapeId = ++scrapes
      const others = serving().filter((worker) => worker !== asker)
      const isPresent = yield* Effect.forEach(others, (worker) => collect(worker, scrapeId), {
        concurrency: "unbounded",
      })
      const textsOf = (workers: ReadonlyArray<WorkerProcess>) => workers.map((worker) => last.get(worker) ?? "")
      const absent = others.filter((_, index) => isPresent[index] !== true)
      const present = others.filter((_, index) => isPresent[index] === true)
      running.set(serving().length)
      late.set(absent.length)
      asker.send({
        _tag: "Scraped",
        id,
        text: mergeMetrics([text, ...textsOf(present), scrape()], [retired, ...textsOf(absent)]),
      })
    }),
    collected: (worker, id, text) => {
      last.set(worker, text)
      const response = pending.get(`${worker.pid} ${id}`)
      if (response !== undefined) Deferred.doneUnsafe(response, Effect.void)
    },
    retire: (worker) => {
      retired = mergeMetrics([], [retired, last.get(worker) ?? ""])
      last.delete(worker)
    },
  }
}
