import { Effect, Schedule } from "effect"
import { cleanUp } from "../../application/cleanup/CleanUp.ts"

/** After the start: a process that starts has enough to do, and one that starts over and over removes nothing. */
const firstPause = "1 minute"
/** Jittered, so that the processes of an installation do not all come at once. */
const everyHour = Schedule.jittered(Schedule.spaced("1 hour"))

/**
 * Removes what is over a minute after the start and then about once an hour, until interrupted. Of several processes
 * that come at once one does it; a run that fails is logged, and the next one does its work.
 */
export const runCleanup = Effect.gen(function* () {
  return yield* run.pipe(Effect.repeat(everyHour), Effect.delay(firstPause), Effect.forkScoped)
})

const run = Effect.gen(function* () {
  const removed = yield* cleanUp()
  const kinds = Object.entries(removed).filter(([, rows]) => rows > 0)
  if (kinds.length > 0)
    yield* Effect.logInfo(`Removed what is over: ${kinds.map(([kind, rows]) => `${rows} ${kind}`).join(", ")}`)
}).pipe(Effect.catchCause((cause) => Effect.logWarning("Could not remove what is over; trying again later.", cause)))
