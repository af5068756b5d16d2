import { Effect, Schedule } from "effect"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { now } from "../shared/Now.ts"
import { AccessTokens } from "./AccessTokens.ts"
import { EndedSessions } from "./EndedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

/** How far each look reaches back behind the last: commits become visible out of order, and clocks differ. */
const overlapMillis = 60_000

/** How often it looks, so that with the time that a look takes an ended session is refused within a second. */
const intervalMillis = 500

/**
 * Learns the sessions that were ended before this process started, whose access tokens could still be good, and then,
 * until interrupted, twice a second those that other processes end.
 */
export const followEndedSessions = Effect.gen(function* () {
  const { lifetimeMillis } = yield* AccessTokens
  yield* learn(lifetimeMillis)
  return yield* learn(overlapMillis).pipe(
    Effect.catchCause((cause) => Effect.logWarning("Could not look for ended sessions; trying again.", cause)),
    Effect.repeat(Schedule.spaced(intervalMillis)),
    Effect.forkScoped,
  )
})

const learn = Effect.fnUntraced(function* (reachMillis: number) {
  const sessions = yield* SessionRepository
  const ended = yield* EndedSessions
  const ids = yield* sessions.endedSince(plusMillis(yield* now, -reachMillis))
  yield* Effect.forEach(ids, ended.learn, { discard: true })
})
