/** Executes a request once for all its repetitions with the same idempotency key. */
import { Cause, Data, Effect, Option, Result } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { now } from "../shared/Now.ts"
import { Unavailable } from "../shared/Unavailable.ts"
import { type IdempotencyRecord, IdempotencyRecords, KeyAlreadyUsed } from "./IdempotencyRecords.ts"
import { IdempotencyRetention } from "./IdempotencyRetention.ts"
import { type IdempotencyInProgress, makeKeyTurns } from "./KeyTurns.ts"
import { CurrentMutation, type Mutation } from "./Mutation.ts"

/** Another request of the user with the same key has succeeded. */
export class IdempotencyKeyReused extends Data.TaggedError("IdempotencyKeyReused") {}

/** A request with an idempotency key, and what its driving adapter makes of its result. */
export interface IdempotentRequest<A, E> {
  readonly userId: UserId
  readonly key: IdempotencyKey
  /** The hash of the request's fingerprint. */
  readonly fingerprint: string
  /** Returns the response to store. `hasChanged` says whether the request changes anything. */
  readonly toResponse: (result: A, hasChanged: boolean) => string
  /** Whether a request can fail in this way because an earlier one with its key has succeeded. */
  readonly isRefusal: (error: E) => boolean
}

/** The result of the request itself, or the stored response to an earlier one with its key. */
export type Outcome<A> =
  | { readonly _tag: "Executed"; readonly result: A; readonly hasChanged: boolean }
  | { readonly _tag: "Repeated"; readonly response: string }

/**
 * Executes a use case for the request, unless one with its key and fingerprint has succeeded: then returns the stored
 * response. A success is stored with its write, so the first request reads nothing. A failure is not stored.
 *
 * Requests with one key run one after the other in this process. Fails with `IdempotencyInProgress` after two seconds of
 * waiting, and with `IdempotencyKeyReused` if the key was used for another request.
 */
export type RunOnce = <A, E, R>(
  request: IdempotentRequest<A, E>,
  execute: Effect.Effect<A, E, R>,
) => Effect.Effect<Outcome<A>, E | IdempotencyInProgress | IdempotencyKeyReused, R | IdempotencyRecords>

/**
 * The first attempt can meet an expired record, and the second a new one of another process. A third one is needed only
 * if that record was removed at once.
 */
const maxAttempts = 3

/** Makes the function, with the keys in progress of this process. */
export const makeRunOnce = (): RunOnce => {
  const takeTurn = makeKeyTurns()
  return (request, execute) =>
    takeTurn(request.userId, request.key, (hasWaited) => {
      const attempt = executeOrRepeat(request, execute, maxAttempts)
      // The earlier request has probably succeeded, and reading costs less than a write that fails.
      return hasWaited ? repeatOr(request, () => attempt) : attempt
    })
}

const executeOrRepeat = <A, E, R>(
  request: IdempotentRequest<A, E>,
  execute: Effect.Effect<A, E, R>,
  attempts: number,
): Effect.Effect<Outcome<A>, E | IdempotencyKeyReused, R | IdempotencyRecords> =>
  executeAndStore(request, execute).pipe(
    Effect.catch((error) =>
      request.isRefusal(error) ? repeatOr<A, E, never>(request, () => Effect.fail(error)) : Effect.fail(error),
    ),
    Effect.catchCause((cause) =>
      isUsedKey(cause, request.key)
        ? repeatOr(request, () =>
            attempts > 1
              ? Effect.andThen(removeExpired(request), executeOrRepeat(request, execute, attempts - 1))
              : Effect.die(new Unavailable({ dependency: "an idempotency key", retryAfterMillis: 1_000 })),
          )
        : Effect.failCause(cause),
    ),
  )

const executeAndStore = <A, E, R>(
  { fingerprint, key, toResponse, userId }: IdempotentRequest<A, E>,
  execute: Effect.Effect<A, E, R>,
): Effect.Effect<Outcome<A>, E, R | IdempotencyRecords> =>
  Effect.gen(function* () {
    const { insert } = yield* IdempotencyRecords
    const outer = yield* CurrentMutation
    const at = yield* now
    let hasRecord = false
    let hasChanged = false
    const recordOf = (result: A, changes: boolean): IdempotencyRecord => ({
      key,
      fingerprint,
      response: toResponse(result, changes),
      at,
    })
    const mutation: Mutation = {
      ...outer,
      // The use case passes the result that it returns.
      toRecord: (result) => {
        hasRecord = true
        return recordOf(result as A, true)
      },
      onChange: (changedUserId) => {
        hasChanged = true
        outer.onChange(changedUserId)
      },
    }
    const result = yield* Effect.provideService(execute, CurrentMutation, mutation)
    // A write that changed something has stored the record.
    if (!(hasRecord && hasChanged)) yield* insert(userId, recordOf(result, hasChanged))
    return { _tag: "Executed", result, hasChanged }
  })

/** Repeats the stored response; without one, does what the caller says. */
const repeatOr = <A, E, R>(
  request: Pick<IdempotentRequest<A, never>, "fingerprint" | "key" | "userId">,
  otherwise: () => Effect.Effect<Outcome<A>, E, R>,
): Effect.Effect<Outcome<A>, E | IdempotencyKeyReused, R | IdempotencyRecords> =>
  Effect.gen(function* () {
    const { get } = yield* IdempotencyRecords
    const found = Option.getOrNull(yield* get(request.userId, request.key))
    if (found === null || found.at < (yield* oldestKept)) return yield* otherwise()
    if (found.fingerprint !== request.fingerprint) return yield* new IdempotencyKeyReused()
    return { _tag: "Repeated", response: found.response }
  })

/** The time before which records have expired. */
const oldestKept = Effect.zipWith(now, IdempotencyRetention, (at, retention) => plusMillis(at, -retention))

const removeExpired = ({ key, userId }: Pick<IdempotentRequest<never, never>, "key" | "userId">) =>
  Effect.gen(function* () {
    const records = yield* IdempotencyRecords
    yield* records.removeExpired(userId, key, yield* oldestKept)
  })

const isUsedKey = (cause: Cause.Cause<unknown>, key: IdempotencyKey): boolean => {
  const defect = Result.getOrUndefined(Cause.findDefect(cause))
  return defect instanceof KeyAlreadyUsed && defect.key === key
}
