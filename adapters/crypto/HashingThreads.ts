// Runs computations in libuv's threads, a bounded number at a time, in the order of the line that waits for them.
import { Effect } from "effect"
import type { HashingTurn } from "../../application/accounts/passwords/HashingTurn.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { makeHashingLine, type Waiting } from "./HashingLine.ts"

export interface HashingThreadsOptions {
  /** How many computations run at a time. */
  readonly concurrency: number
  /** How many more may wait. */
  readonly maximumWaiting: number
  /** How long each may wait, in milliseconds; 12 seconds by default, which is less than callers have patience for. */
  readonly maximumWaitMillis?: number | undefined
}

/** After how many seconds a refused caller may come back: those that lately failed leave room for the others. */
const retryAfterSeconds = { known: 1, fresh: 1, suspect: 5 } as const

interface WaitingComputation extends Waiting {
  readonly start: () => void
}

/**
 * Computes in its turn. Dies with `Unavailable` if the line is full of computations that go first, or its
 * turn does not come in time. A caller that is
 * interrupted leaves the line; a computation that has begun cannot be stopped and keeps its thread to the end.
 */
export type RunInThread = <A>(turn: HashingTurn, compute: () => Promise<A>) => Effect.Effect<A>

const defaultMaximumWaitMillis = 12_000

export const makeHashingThreads = ({
  concurrency,
  maximumWaiting,
  maximumWaitMillis = defaultMaximumWaitMillis,
}: HashingThreadsOptions): RunInThread => {
  const line = makeHashingLine<WaitingComputation>(maximumWaiting)
  let running = 0

  const startNext = (): void => {
    while (running < concurrency) {
      const next = line.next()
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
        const end = (result: Effect.Effect<A>) => {
          running -= 1
          startNext()
          resume(result)
        }
        computation = compute().then(
          (result) => end(Effect.succeed(result)),
          (error) => end(Effect.die(error)),
        )
      }
      const waiting: WaitingComputation = {
        turn,
        start,
        refuse: () => {
          clearTimeout(timer)
          resume(
            Effect.die(
              new Unavailable({
                dependency: "the threads that hash passwords",
                retryAfterSeconds: retryAfterSeconds[turn.priority],
              }),
            ),
          )
        },
      }
      const leave = Effect.sync(() => {
        clearTimeout(timer)
        line.remove(waiting)
      })
      if (running < concurrency) {
        start()
      } else {
        timer = setTimeout(() => {
          line.remove(waiting)
          waiting.refuse()
        }, maximumWaitMillis)
        line.add(waiting)
      }
      return Effect.suspend(() => {
        const begun = computation
        return begun === undefined ? leave : Effect.promise(() => begun)
      })
    })
}
