/** Runs computations in libuv's threads, a bounded number at a time, in the order of the queue. */
import { Effect } from "effect"
import type { HashingTurn } from "../../application/accounts/passwords/HashingTurn.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { gauge } from "../telemetry/Metrics.ts"
import { makeHashingQueue, type QueuedHash } from "./HashingQueue.ts"

export interface HashingThreadsOptions {
  /** The number of concurrent computations. */
  readonly concurrency: number
  /** The number of computations that may wait. */
  readonly maximumWaiting: number
  /** The timeout of each wait, in milliseconds; 12 seconds by default, which is shorter than a client waits. */
  readonly maximumWaitMillis?: number | undefined
}

/** The milliseconds after which a rejected caller may retry: callers with recent failures leave room for the others. */
const retryAfterMillis = { known: 1_000, fresh: 1_000, suspect: 5_000 } as const

interface QueuedComputation extends QueuedHash {
  readonly start: () => void
}

/**
 * Computes when its turn comes. Dies with `Unavailable` if the queue is full of computations that go first, or on a
 * timeout. An interrupted caller leaves the queue; a computation that has begun cannot be stopped and keeps its thread
 * to the end.
 */
export type RunInThread = <A>(turn: HashingTurn, compute: () => Promise<A>) => Effect.Effect<A>

/** The computations of the process, over all its queues. */
const runningHashes = gauge("taskwright_hashing_running", "Password hashes in a thread.")

const defaultMaximumWaitMillis = 12_000

export const makeHashingThreads = ({
  concurrency,
  maximumWaiting,
  maximumWaitMillis = defaultMaximumWaitMillis,
}: HashingThreadsOptions): RunInThread => {
  const queue = makeHashingQueue<QueuedComputation>(maximumWaiting)
  let running = 0

  const startNext = (): void => {
    while (running < concurrency) {
      const next = queue.next()
      if (next === undefined) return
      next.start()
    }
  }

  return <A>(turn: HashingTurn, compute: () => Promise<A>) =>
    Effect.callback<A>((resume) => {
      let computation: Promise<void> | undefined
      let timer: NodeJS.Timeout | undefined
      const start = () => {
        clearTimeout(timer)
        running += 1
        runningHashes.add(1)
        const end = (result: Effect.Effect<A>) => {
          running -= 1
          runningHashes.add(-1)
          startNext()
          resume(result)
        }
        computation = compute().then(
          (result) => end(Effect.succeed(result)),
          (error) => end(Effect.die(error)),
        )
      }
      const queued: QueuedComputation = {
        turn,
        start,
        refuse: () => {
          clearTimeout(timer)
          resume(
            Effect.die(
              new Unavailable({
                dependency: "the threads that hash passwords",
                retryAfterMillis: retryAfterMillis[turn.priority],
              }),
            ),
          )
        },
      }
      const leave = Effect.sync(() => {
        clearTimeout(timer)
        queue.remove(queued)
      })
      if (running < concurrency) {
        start()
      } else {
        timer = setTimeout(() => {
          queue.remove(queued)
          queued.refuse()
        }, maximumWaitMillis)
        queue.add(queued)
      }
      return Effect.suspend(() => {
        const begun = computation
        return begun === undefined ? leave : Effect.promise(() => begun)
      })
    })
}
