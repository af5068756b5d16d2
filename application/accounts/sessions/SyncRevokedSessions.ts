// Keeps this process's memory of ended sessions in step with the store that several processes share.
import { Clock, Deferred, Effect, Exit, Layer, Schedule, Scope } from "effect"
import { plusMillis, type Timestamp } from "../../../domain/shared/Timestamp.ts"
import { Unavailable } from "../../shared/Unavailable.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { RevocationBound, RevocationSync } from "./RevocationSync.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

/**
 * How far each look reaches back behind the last successful one, in milliseconds. An end becomes visible when its
 * transaction commits, which is later than its time.
 */
const overlapMillis = 60_000

/** How far the first look reaches behind the life of an access token: process clocks may differ by minutes. */
const clockSkewMillis = 15 * 60_000

/** Poll interval in milliseconds: with the time that a look takes, an ended session is refused within a second. */
const intervalMillis = 500

/** How long one look may take, in milliseconds; the first reads more. */
const lookLimitMillis = 3_000
const firstLookLimitMillis = 15_000

/** A look that was joined may have begun before a freeze, so a request may need a second one. */
const maximumLooks = 2

/** A moment by both clocks. The monotonic clock ignores changes of the time of day; the wall clock counts a suspension. */
interface Moment {
  readonly wallMillis: number
  readonly monotonicMillis: number
}

/** How far this process has read the sessions that were ended. */
interface Progress {
  /** The store's time at the last successful look. */
  readonly cursor: Timestamp
  /** When that look began. */
  readonly lookedAt: Moment
}

/**
 * Learns the sessions that were ended before this process started, whose access tokens could still be good, and then
 * twice a second those that other processes end. Each look reaches back to the last successful one, however long ago
 * that was. While none succeeded within `RevocationBound`, `RevocationSync` makes each authentication wait for one.
 */
export const syncRevokedSessions = Layer.effect(
  RevocationSync,
  Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const ended = yield* RevokedSessions
    const { lifetimeMillis } = yield* AccessTokens
    const boundMillis = yield* RevocationBound
    const clock = yield* Clock.Clock
    const scope = yield* Scope.Scope

    const moment = (): Moment => ({
      wallMillis: clock.currentTimeMillisUnsafe(),
      monotonicMillis: Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000,
    })

    const look = Effect.fnUntraced(function* (previous: Timestamp | null) {
      const lookedAt = moment()
      const cursor = yield* sessions.time
      // A cursor of the store's own clock goes back with that clock, so an end after such a change is read all the same.
      const since =
        previous === null
          ? plusMillis(cursor, -(lifetimeMillis + clockSkewMillis))
          : plusMillis(previous, -overlapMillis)
      const ids = yield* sessions.endedSince(since)
      yield* Effect.forEach(ids, ended.remember, { discard: true })
      return { cursor, lookedAt } satisfies Progress
    })

    let progress: Progress = yield* Effect.timeoutOrElse(look(null), {
      duration: firstLookLimitMillis,
      orElse: () => unanswered(firstLookLimitMillis),
    })

    const isCurrent = (): boolean => {
      const { lookedAt } = progress
      const at = moment()
      return (
        at.monotonicMillis - lookedAt.monotonicMillis <= boundMillis &&
        Math.abs(at.wallMillis - lookedAt.wallMillis) <= boundMillis
      )
    }

    /** The look under way, which all callers share. */
    let pending: Deferred.Deferred<void> | null = null

    const startLook = Effect.suspend(() => {
      const result = Deferred.makeUnsafe<void>()
      pending = result
      return look(progress.cursor).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (pending === result) pending = null
            if (Exit.isSuccess(exit)) progress = exit.value
            Deferred.doneUnsafe(result, Exit.asVoid(exit))
          }),
        ),
        Effect.forkIn(scope),
        Effect.as(result),
      )
    })

    /** A look that the store does not answer is given up, so that the next caller starts another. */
    const shareLook = Effect.suspend(() => (pending === null ? startLook : Effect.succeed(pending))).pipe(
      Effect.flatMap((result) =>
        Effect.timeoutOrElse(Deferred.await(result), {
          duration: lookLimitMillis,
          orElse: () => {
            if (pending === result) pending = null
            return unanswered(lookLimitMillis)
          },
        }),
      ),
    )

    let isFailing = false
    yield* shareLook.pipe(
      Effect.matchCauseEffect({
        onSuccess: () => {
          isFailing = false
          return Effect.void
        },
        onFailure: (cause) => {
          if (isFailing) return Effect.void
          isFailing = true
          return Effect.logWarning("Could not read the ended sessions; trying again.", cause)
        },
      }),
      Effect.repeat(Schedule.spaced(intervalMillis)),
      Effect.forkScoped,
    )

    const catchUp = (looks: number): Effect.Effect<void> =>
      Effect.catchCause(shareLook, () => Effect.void).pipe(
        Effect.andThen(Effect.suspend(() => (isCurrent() ? Effect.void : looks > 1 ? catchUp(looks - 1) : refuse))),
      )

    return { ensureCurrent: Effect.suspend(() => (isCurrent() ? Effect.void : catchUp(maximumLooks))) }
  }),
)

const unanswered = (millis: number) =>
  Effect.die(new Unavailable({ dependency: `the ended sessions (not read within ${millis} ms)`, retryAfterSeconds: 1 }))

const refuse = Effect.die(
  new Unavailable({ dependency: "what other processes ended (the store cannot be asked)", retryAfterSeconds: 1 }),
)
