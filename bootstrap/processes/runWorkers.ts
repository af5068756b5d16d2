/** Runs the service in several processes: starts the workers, replaces those that end, and stops them. */
import { constants } from "node:os"
import { Deferred, Effect } from "effect"
import { checkPort } from "../../adapters/http/server/PortCheck.ts"
import { counter } from "../../adapters/telemetry/Metrics.ts"
import * as ProcessMetrics from "../../adapters/telemetry/ProcessMetrics.ts"
import { announce } from "../announce.ts"
import type { Settings } from "../settings/Settings.ts"
import { version } from "../version.ts"
import { makeDistributor } from "./Distributor.ts"
import { ToParent } from "./Messages.ts"
import { makeScrapes } from "./Scrapes.ts"
import { startWorker, type WorkerEnd, type WorkerProcess } from "./WorkerProcess.ts"

const firstDelayMillis = 100
const maximumDelayMillis = 30_000
/** A worker that lived this long makes the next delay the first one again. */
const longLifeMillis = 60_000
/** How long the workers that hold requests back wait for the others. */
const holdMillis = 2_000

const restarts = counter("taskwright_worker_restarts_total", "Workers that were started because another one ended.")

/** Serves until interrupted. If a worker fails before all have started, this process ends as that worker did. */
export const runWorkers = Effect.fnUntraced(
  function* (settings: Settings) {
    yield* checkPort(settings)
    const workers = new Set<WorkerProcess>()
    const serving = () => [...workers].filter(({ ready }) => Deferred.isDoneUnsafe(ready))
    const distributor = makeDistributor()
    const scrapes = makeScrapes(serving)
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const failedStart = yield* Deferred.make<WorkerEnd>()
    let isStarted = false
    let isStopping = false

    const receive = (worker: WorkerProcess, message: ToParent): void =>
      ToParent.match(message, {
        Ready: () => {
          Deferred.doneUnsafe(worker.ready, Effect.void)
          distributor.add(worker)
        },
        Taken: () => distributor.taken(worker),
        Held: () => {
          Deferred.doneUnsafe(worker.held, Effect.void)
        },
        Scrape: ({ id, text }) => {
          run(scrapes.answer(worker, id, text))
        },
        Collected: ({ id, text }) => scrapes.collected(worker, id, text),
      })

    const start = (number: number) => {
      const worker = startWorker(number, receive)
      workers.add(worker)
      return worker
    }

    /** Runs one worker after another, until the service stops. */
    const replace = Effect.fnUntraced(function* (first: WorkerProcess) {
      const { number } = first
      let worker = first
      let failures = 0
      while (true) {
        const startedAt = performance.now()
        const end = yield* Deferred.await(worker.ended)
        workers.delete(worker)
        distributor.remove(worker)
        scrapes.retire(worker)
        if (isStopping) return
        if (!isStarted) return void (yield* Deferred.succeed(failedStart, end))
        if (performance.now() - startedAt > longLifeMillis) failures = 0
        const delayMillis = Math.min(firstDelayMillis * 2 ** failures++, maximumDelayMillis)
        yield* Effect.logError(
          `Worker ${number} (process ${worker.pid}) ended. The next one starts in ${delayMillis} ms`,
        ).pipe(Effect.annotateLogs({ exit_code: end.code, signal: end.signal, errors: end.errors.trim() }))
        yield* Effect.sleep(delayMillis)
        restarts.add(1)
        worker = start(number)
      }
    })

    const stop = Effect.gen(function* () {
      isStopping = true
      const last = serving()
      for (const worker of workers) worker.send({ _tag: "Stop" })
      const ends = Effect.forEach([...workers], ({ ended }) => Deferred.await(ended), { concurrency: "unbounded" })
      if (last.length > 0) {
        const holds = last.map(({ held }) => Deferred.await(held))
        yield* Effect.raceFirst(Effect.raceAllFirst(holds), ends)
        const others = last.map(({ ended, held }) => Effect.raceFirst(Deferred.await(held), Deferred.await(ended)))
        yield* Effect.timeoutOption(Effect.all(others, { concurrency: "unbounded" }), holdMillis)
        yield* distributor.end
        for (const worker of workers) worker.send({ _tag: "Closed" })
      }
      yield* ends
    })

    // Whatever ends this process: no worker stays behind.
    process.on("exit", () => {
      for (const worker of workers) worker.kill()
    })
    for (let number = 1; number <= settings.workers; number++) yield* Effect.forkScoped(replace(start(number)))
    yield* Effect.addFinalizer(() => stop)
    const starts = [...workers].map(({ ready }) => Deferred.await(ready))
    const failure = yield* Effect.raceFirst(
      Effect.as(Effect.all(starts, { concurrency: "unbounded" }), null),
      Deferred.await(failedStart),
    )
    if (failure !== null) return yield* endLike(failure)
    isStarted = true
    const port = yield* distributor.listen(settings)
    yield* announce(settings, port, { workers: settings.workers })
    return yield* Effect.never
  },
  Effect.provide(ProcessMetrics.layer(version)),
  Effect.scoped,
)

/** Ends this process with the error output and the exit code of the worker. */
const endLike = ({ code, errors, signal }: WorkerEnd) =>
  Effect.callback<never>(() => {
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
    process.stderr.write(errors, () => process.exit(exitCode))
  })
