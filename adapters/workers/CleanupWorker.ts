/** The loop that removes expired records. */
import { Effect, Schedule } from "effect"
import { cleanUp } from "../../application/cleanup/CleanUp.ts"

/** After the start, because a process is busy then, and one that restarts again and again removes nothing. */
const initialDelay = "1 minute"
/** Jittered, so that the processes of an installation do not all start at the same time. */
const everyHour = Schedule.jittered(Schedule.spaced("1 hour"))

/**
 * Removes expired records a minute after the start and then about once an hour, until interrupted. If several processes
 * start it at once, one does the work. A failed run is logged, and the next one does its work.
 */
export const runCleanup = Effect.gen(function* () {
  return yield* run.pipe(Effect.repeat(everyHour), Effect.delay(initialDelay), Effect.forkScoped)
})

const run = Effect.gen(function* () {
  const removed = yield* cleanUp()
  const kinds = Object.entries(removed).filter(([, rows]) => rows > 0)
  if (kinds.length > 0)
    yield* Effect.logInfo(`Removed what is over: ${kinds.map(([kind, rows]) => `${rows} ${kind}`).join(", ")}`)
}).pipe(Effect.catchCause((cause) => Effect.logWarning("Could not remove what is over; trying again later.", cause)))
