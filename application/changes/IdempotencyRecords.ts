/** The port that stores the responses to requests with an idempotency key. */
import { Context, Data, type Effect, type Option } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/** A request that succeeded, by its key, and the response that a repetition of it gets. */
export interface IdempotencyRecord {
  readonly key: IdempotencyKey
  /** The SHA-256 of `RequestFingerprint.canonicalText`, in base64url. */
  readonly fingerprint: string
  /** The response in a form of the driving adapter's own. */
  readonly response: string
  readonly at: Timestamp
}

/**
 * The defect of a write that has the record of a key that the user has used before. Nothing of the write was stored. No use
 * case can handle it. The driving adapter reads the record and repeats its response.
 */
export class KeyAlreadyUsed extends Data.TaggedError("KeyAlreadyUsed")<{ readonly key: IdempotencyKey }> {}

/**
 * Stores the records of all users. A write stores its own record (`Mutation.record`); these methods are for the rest. An
 * account's records MUST be deleted with it.
 */
export class IdempotencyRecords extends Context.Service<
  IdempotencyRecords,
  {
    /** Returns the user's record with this key, however old it is. */
    readonly get: (userId: UserId, key: IdempotencyKey) => Effect.Effect<Option.Option<IdempotencyRecord>>

    /**
     * Stores the record of a request that wrote nothing else, or wrote it in the same unit of work. Dies with
     * `KeyAlreadyUsed` if the user has a record with this key, and does nothing if the account was deleted.
     */
    readonly insert: (userId: UserId, record: IdempotencyRecord) => Effect.Effect<void>

    /** Removes the user's record with this key, if it was stored before that time. */
    readonly removeExpired: (userId: UserId, key: IdempotencyKey, before: Timestamp) => Effect.Effect<void>
  }
>()("taskwright/IdempotencyRecords") {}
