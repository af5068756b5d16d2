/** Repeats a read of the store for as long as its scope is open. */
import { Effect, Schedule } from "effect"

/**
 * Runs the poll in the background, and again `intervalMillis` after each end, until the scope closes. A poll that fails
 * or dies is repeated like any other. The first failure of a row is logged as a warning with this text.
 */
export const pollForever = <E, R>(poll: Effect.Effect<void, E, R>, intervalMillis: number, warning: string) =>
  Effect.suspend(() => {
    let isFailing = false
    return poll.pipe(
      Effect.matchCauseEffect({
        onSuccess: () => {
          isFailing = false
          return Effect.void
        },
        onFailure: (cause) => {
          if (isFailing) return Effect.void
          isFailing = true
          return Effect.logWarning(warning, cause)
        },
      }),
      Effect.repeat(Schedule.spaced(intervalMillis)),
      Effect.forkScoped,
    )
  })
