/** Keeps this process's copies of the revoked sessions and API tokens in sync with the store that several processes share. */
import { Clock, Deferred, Effect, Exit, Layer, Scope } from "effect"
import { plusMillis, type Timestamp } from "../../../domain/shared/Timestamp.ts"
import { monotonicMillis } from "../../shared/MonotonicTime.ts"
import { pollForever } from "../../shared/Poll.ts"
import { Unavailable } from "../../shared/Unavailable.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { ApiTokenRepository } from "../tokens/ApiTokenRepository.ts"
import { RevokedApiTokens } from "../tokens/RevokedApiTokens.ts"
import { RevocationBound, RevocationSync } from "./RevocationSync.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

/**
 * The overlap of each read with the last successful one, in milliseconds. A revocation becomes visible when its
 * transaction commits, which is later than its time.
 */
const overlapMillis = 60_000

/**
 * The first read covers this much more than the lifetime of an access token, because process clocks may differ by
 * minutes.
 */
const clockSkewMillis = 15 * 60_000

/** The poll interval in milliseconds. Together with the time of a read it keeps revocation under one second. */
const intervalMillis = 500

/** The timeout of a read in milliseconds. The first read is longer because it returns more. */
const pollTimeoutMillis = 3_000
const firstPollTimeoutMillis = 15_000

/**
 * A read that was already running may have started before the process was suspended, so a request may need a second
 * one.
 */
const maximumLooks = 2

/**
 * A time on both clocks. The monotonic clock ignores changes of the time of day; the wall clock counts a suspension.
 */
interface Moment {
  readonly wallMillis: number
  readonly monotonicMillis: number
}

/** How far this process has read the revoked sessions. */
interface Progress {
  /** The store's time at the last successful read. */
  readonly cursor: Timestamp
  /** When that read started. */
  readonly polledAt: Moment
}

/**
 * First reads the sessions that were revoked before this process started and have access tokens that could still be
 * valid. Then reads twice a second the sessions and API tokens that other processes revoke. Each read starts at the last
 * successful one, however long ago that was. If none succeeded within `RevocationBound`, `RevocationSync` makes each
 * authentication wait for one.
 */
export const syncRevokedSessions = Layer.effect(
  RevocationSync,
  Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const tokens = yield* ApiTokenRepository
    const revokedSessions = yield* RevokedSessions
    const revokedTokens = yield* RevokedApiTokens
    const { lifetimeMillis } = yield* AccessTokens
    const boundMillis = yield* RevocationBound
    const clock = yield* Clock.Clock
    const scope = yield* Scope.Scope

    const moment = (): Moment => ({
      wallMillis: clock.currentTimeMillisUnsafe(),
      monotonicMillis: monotonicMillis(clock),
    })

    const poll = Effect.fnUntraced(function* (previous: Timestamp | null) {
      const polledAt = moment()
      const cursor = yield* sessions.time
      // The cursor is a time of the store's own clock. If that clock is set back, the cursor follows it, so a later
      // revocation is still read.
      const since =
        previous === null
          ? plusMillis(cursor, -(lifetimeMillis + clockSkewMillis))
          : plusMillis(previous, -overlapMillis)
      yield* Effect.forEach(yield* sessions.revokedSince(since), revokedSessions.remember, { discard: true })
      yield* Effect.forEach(yield* tokens.revokedSince(since), revokedTokens.remember, { discard: true })
      return { cursor, polledAt } satisfies Progress
    })

    let progress: Progress = yield* Effect.timeoutOrElse(poll(null), {
      duration: firstPollTimeoutMillis,
      orElse: () => unanswered(firstPollTimeoutMillis),
    })

    const isCurrent = (): boolean => {
      const { polledAt } = progress
      const at = moment()
      return (
        at.monotonicMillis - polledAt.monotonicMillis <= boundMillis &&
        Math.abs(at.wallMillis - polledAt.wallMillis) <= boundMillis
      )
    }

    /** The pending read, which all callers share. */
    let pending: Deferred.Deferred<void> | null = null

    const startPoll = Effect.suspend(() => {
      const result = Deferred.makeUnsafe<void>()
      pending = result
      return poll(progress.cursor).pipe(
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

    /** A read is abandoned if the store does not respond in time, so that the next caller starts another. */
    const sharePoll = Effect.suspend(() => (pending === null ? startPoll : Effect.succeed(pending))).pipe(
      Effect.flatMap((result) =>
        Effect.timeoutOrElse(Deferred.await(result), {
          duration: pollTimeoutMillis,
          orElse: () => {
            if (pending === result) pending = null
            return unanswered(pollTimeoutMillis)
          },
        }),
      ),
    )

    yield* pollForever(sharePoll, intervalMillis, "Could not read the revoked sessions; trying again.")

    const catchUp = (polls: number): Effect.Effect<void> =>
      Effect.catchCause(sharePoll, () => Effect.void).pipe(
        Effect.andThen(Effect.suspend(() => (isCurrent() ? Effect.void : polls > 1 ? catchUp(polls - 1) : refuse))),
      )

    return { ensureCurrent: Effect.suspend(() => (isCurrent() ? Effect.void : catchUp(maximumLooks))) }
  }),
)

const unanswered = (millis: number) =>
  Effect.die(
    new Unavailable({ dependency: `the revoked sessions (not read within ${millis} ms)`, retryAfterMillis: 1_000 }),
  )

const refuse = Effect.die(
  new Unavailable({ dependency: "the revocations of other processes", retryAfterMillis: 1_000 }),
)
