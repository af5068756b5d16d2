/** Writes that record their changes in the same atomic step, with the data of the current mutation. */
import { Effect, HashMap, Option, Result } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { type IdempotencyRecord, KeyAlreadyUsed } from "../../application/changes/IdempotencyRecords.ts"
import { CurrentMutation, type Mutation } from "../../application/changes/Mutation.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { type Actor, ActorName } from "../../domain/changes/Actor.ts"
import { BatchId } from "../../domain/changes/BatchId.ts"
import { type ChangeBody, changeOf } from "../../domain/changes/Change.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { Entity, EntityState } from "../../domain/changes/EntityState.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { append } from "./MemoryChangeLog.ts"
import { type MemoryStore, rowsOf, type State, type UserRows, withRows } from "./MemoryStore.ts"

/** What a change says of its subject. */
export type RecordedBody = { readonly [E in Entity]: ChangeBody<E> }[Entity]

/** What a write makes of the rows of its user, and the changes that it records. */
export interface Written<A> {
  readonly value: A
  readonly state: State
  readonly changes: ReadonlyArray<RecordedBody>
}

/** Returns the changes that lead from one state of a thing to the next: one, or none if nothing differs. */
export const changesBetween = <E extends Entity>(before: EntityState<E> | null, after: EntityState<E> | null) =>
  Option.toArray(changeOf(before, after))

const actorOf = ({ sessions }: UserRows, { actor }: Mutation): Actor => {
  if (actor.kind !== "session" || actor.name !== null) return actor
  const device = Option.getOrNull(Option.flatMapNullishOr(HashMap.get(sessions, actor.id), (session) => session.device))
  return { ...actor, name: device === null ? null : ActorName.make(device) }
}

/** Returns the rows with these changes at the end of the history, in this order. */
const withChanges = (
  rows: UserRows,
  mutation: Mutation,
  at: Timestamp,
  bodies: ReadonlyArray<RecordedBody>,
): UserRows => {
  const { batchId, requestId, undoes } = mutation
  const actor = actorOf(rows, mutation)
  let { changes } = rows
  for (const body of bodies) {
    // Ids that ascend, by which a change is found.
    const id = uuidV7Unsafe() as ChangeId
    changes = append(changes, { ...body, id, at, actor, requestId, batchId: batchId ?? BatchId.make(id), undoes })
  }
  return { ...rows, changes }
}

/**
 * Returns the rows with the record.
 *
 * @throws KeyAlreadyUsed if the user has a record with this key.
 */
export const withRecord = (rows: UserRows, record: IdempotencyRecord): UserRows => {
  const { key } = record
  if (HashMap.has(rows.idempotencyRecords, key)) throw new KeyAlreadyUsed({ key })
  return { ...rows, idempotencyRecords: HashMap.set(rows.idempotencyRecords, key, record) }
}

/** Returns the state after the write, with its changes, and the mutation's idempotency record if there are any. */
export const toRecorded = (
  { changes, state }: Written<unknown>,
  userId: UserId,
  mutation: Mutation,
  at: Timestamp,
): State => {
  const rows = rowsOf(state, userId)
  if (rows === undefined || changes.length === 0) return state
  const written = withChanges(rows, mutation, at, changes)
  return withRows(state, userId, mutation.record === null ? written : withRecord(written, mutation.record))
}

/**
 * Makes the function that runs writes of a user. A write that returns changes records them, and the idempotency record of
 * the mutation with them.
 */
export const recordedWrites =
  ({ modify }: MemoryStore["Service"]) =>
  <A, E>(userId: UserId, at: Timestamp, decide: (state: State) => Result.Result<Written<A>, E>): Effect.Effect<A, E> =>
    Effect.flatMap(CurrentMutation, (mutation) => {
      const write = modify((before) =>
        Result.map(decide(before), (written) => {
          const result = { value: written.value, isRecorded: written.changes.length > 0 }
          return [result, toRecorded(written, userId, mutation, at)] as const
        }),
      )
      return Effect.flatMap(write, ({ isRecorded, value }) =>
        Effect.sync(() => {
          if (isRecorded) mutation.onChange(userId)
          return value
        }),
      )
    })
