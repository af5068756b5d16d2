/** Tells the operator that `X-Forwarded-For` does not say where requests come from, so that callers count as one. */
import { Effect } from "effect"

/** How much of an entry is shown, in characters: enough to recognise what wrote it. */
const maxShown = 64

/** A line of the log that a caller wrote in part must not become two. */
const shown = (entry: string): string => entry.slice(0, maxShown).replace(/[^\x20-\x7e]/g, "?")

/** Makes a function that logs the first entry it is given, and no other: each request may bring another. */
export const makeUnreadableReport: Effect.Effect<(entry: string) => void> = Effect.gen(function* () {
  const runFork = Effect.runForkWith(yield* Effect.context<never>())
  let isReported = false
  return (entry) => {
    if (isReported) return
    isReported = true
    runFork(
      Effect.logWarning(
        "X-Forwarded-For holds an entry that is no IP address, so the request counts under its proxy's; further ones are not logged",
      ).pipe(Effect.annotateLogs({ entry: shown(entry) })),
    )
  }
})
