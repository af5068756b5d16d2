/**
 * Warns the operator if `X-Forwarded-For` does not contain the callers' addresses, so that all callers count as one.
 */
import { Effect } from "effect"

/** How much of an entry is logged, in characters: enough to recognise the program that wrote it. */
const maxLoggedLength = 64

/** Replaces control characters, so that an entry from a caller cannot split a log line in two. */
const printable = (entry: string): string => entry.slice(0, maxLoggedLength).replace(/[^\x20-\x7e]/g, "?")

/** Returns a function that logs only the first entry that it receives, because each request may contain another. */
export const makeUnreadableReport: Effect.Effect<(entry: string) => void> = Effect.gen(function* () {
  const runFork = Effect.runForkWith(yield* Effect.context<never>())
  let isReported = false
  return (entry) => {
    if (isReported) return
    isReported = true
    runFork(
      Effect.logWarning(
        "X-Forwarded-For holds an entry that is no IP address, so the request counts under its proxy's; further ones are not logged",
      ).pipe(Effect.annotateLogs({ entry: printable(entry) })),
    )
  }
})
