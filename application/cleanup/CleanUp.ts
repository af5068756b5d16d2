/** The use cases that delete expired records, in batches and in single steps. */
import { Effect } from "effect"
import { type Actor, ActorName } from "../../domain/changes/Actor.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { ChangeRetention } from "../changes/ChangeRetention.ts"
import { IdempotencyRetention } from "../changes/IdempotencyRetention.ts"
import { CurrentMutation } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { useCase } from "../shared/UseCase.ts"
import { DeletedTaskRetention } from "./DeletedTaskRetention.ts"
import { type ExpiredBefore, ExpiredRecords, type RemovedCounts } from "./ExpiredRecords.ts"

const hourMillis = 60 * 60 * 1000
const dayMillis = 24 * hourMillis

/**
 * How long a revoked or expired session and any expired token stay stored. Access tokens of a revoked session are
 * refused while its revocation can be read, and they live a day at most. The extra hour is for leeways and for clocks
 * that differ.
 */
const overMillis = dayMillis + hourMillis
const sentEmailMillis = 7 * dayMillis
const deadLetterMillis = 30 * dayMillis

/** Small enough that no batch delays other callers. */
const batchRows = 1_000
/** Small enough to add no noticeable delay to the end of a command. */
const stepRows = 250
/** The pause between two batches, so that deleting a million rows does not block other users of the store. */
const pauseMillis = 100
/** The next run removes whatever is left after this many batches. */
const maximumBatches = 1_000

const nothing: RemovedCounts = {
  sessions: 0,
  revocations: 0,
  refreshTokens: 0,
  apiTokens: 0,
  emailVerifications: 0,
  passwordResets: 0,
  outgoingEmails: 0,
  tasks: 0,
  categories: 0,
  changes: 0,
  idempotencyRecords: 0,
}

const plus = (one: RemovedCounts, other: RemovedCounts): RemovedCounts => ({
  sessions: one.sessions + other.sessions,
  revocations: one.revocations + other.revocations,
  refreshTokens: one.refreshTokens + other.refreshTokens,
  apiTokens: one.apiTokens + other.apiTokens,
  emailVerifications: one.emailVerifications + other.emailVerifications,
  passwordResets: one.passwordResets + other.passwordResets,
  outgoingEmails: one.outgoingEmails + other.outgoingEmails,
  tasks: one.tasks + other.tasks,
  categories: one.categories + other.categories,
  changes: one.changes + other.changes,
  idempotencyRecords: one.idempotencyRecords + other.idempotencyRecords,
})

const isFull = (batch: RemovedCounts): boolean => Object.values(batch).some((rows) => rows >= batchRows)

/** The actor of the changes that cleanup records. */
const actor: Actor = { kind: "system", id: null, name: ActorName.make("cleanup") }

/** The times before which records are expired now. */
const overBefore = Effect.gen(function* () {
  const time = yield* now
  return {
    sessionsAndTokens: plusMillis(time, -overMillis),
    sentEmails: plusMillis(time, -sentEmailMillis),
    deadLetters: plusMillis(time, -deadLetterMillis),
    deletedTasks: plusMillis(time, -(yield* DeletedTaskRetention)),
    changes: plusMillis(time, -(yield* ChangeRetention)),
    idempotencyRecords: plusMillis(time, -(yield* IdempotencyRetention)),
  }
})

/** Removes one batch of at most `limit` rows of each kind. Returns null if another process is cleaning up. */
const removeBatch = Effect.fnUntraced(function* (before: ExpiredBefore, limit: number) {
  const expired = yield* ExpiredRecords
  const { atomically } = yield* UnitOfWork
  const removed = Effect.flatMap(now, (at) => expired.removeBatch(before, limit, at))
  return yield* atomically(Effect.updateService(removed, CurrentMutation, (mutation) => ({ ...mutation, actor })))
})

/**
 * Removes expired records in batches of 1,000 rows of each kind, each in its own unit of work, and returns the counts.
 * Sessions and tokens go 25 hours after they end, sent emails after 7 days, dead letters after 30 days. Deleted tasks
 * and categories go after `DeletedTaskRetention`, changes after `ChangeRetention`, and idempotency keys after
 * `IdempotencyRetention`. Stops early if another process is cleaning up. A run removes at most 1,000 batches.
 */
export const cleanUp = useCase("cleanUp")(function* () {
  const before = yield* overBefore
  let removed = nothing
  for (let batches = 0; batches < maximumBatches; batches++) {
    if (batches > 0) yield* Effect.sleep(pauseMillis)
    const batch = yield* removeBatch(before, batchRows)
    if (batch === null) break
    removed = plus(removed, batch)
    if (!isFull(batch)) break
  }
  return removed
})

/**
 * Removes at most 250 rows of each kind that `cleanUp` removes, which is a step that a short-lived process can afford.
 * Many such steps together do the work of a full run.
 */
export const cleanUpStep = useCase("cleanUpStep")(function* () {
  return (yield* removeBatch(yield* overBefore, stepRows)) ?? nothing
})
