/** What the writes of one request have in common, so that each can be recorded as a change. */
import { Context, Effect } from "effect"
import type { Identity } from "../../domain/accounts/Identity.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { type Actor, ActorName, actorOf } from "../../domain/changes/Actor.ts"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import type { RequestId } from "../../domain/changes/Change.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { ChangeSignal } from "./ChangeSignal.ts"
import { type IdempotencyRecord, IdempotencyRecords } from "./IdempotencyRecords.ts"

/** By which actor and in which request a write is made, and what is stored together with the write. */
export interface Mutation {
  /** The name of a session may be null: the store then records the session's device. */
  readonly actor: Actor
  /** Null if no request causes the writes. */
  readonly requestId: RequestId | null
  /** The batch of all changes. Null if each change is a batch of its own, with its own id. */
  readonly batchId: BatchId | null
  /** The first of the changes that the writes take back. Null if they take back none. */
  readonly undoes: ChangeId | null
  /** Makes the record for the request's idempotency key from the result of its use case. Null without a key. */
  readonly toRecord: ((result: unknown) => IdempotencyRecord) | null
  /** The record that the store MUST insert in the same atomic step as the next write. Null if there is none. */
  readonly record: IdempotencyRecord | null
  /** The store MUST call it after each write that recorded a change. A surrounding unit of work may still fail. */
  readonly onChange: (userId: UserId) => void
}

/**
 * The mutation that writes belong to. A driving adapter provides it for each request. The default is that of a program
 * that uses the application as a library: an actor of the system, and each write on its own.
 */
export const CurrentMutation = Context.Reference<Mutation>("taskwright/CurrentMutation", {
  defaultValue: () => ({
    actor: { kind: "system", id: null, name: ActorName.make("library") },
    requestId: null,
    batchId: null,
    undoes: null,
    toRecord: null,
    record: null,
    onChange: () => {},
  }),
})

/** Returns the mutation of one request of this identity, as a driving adapter provides it. */
export const makeMutation = (
  identity: Identity,
  request: Pick<Mutation, "batchId" | "onChange" | "requestId">,
): Mutation => ({ ...request, actor: actorOf(identity), undoes: null, toRecord: null, record: null })

/**
 * Runs the work of one request as this mutation. At its end, wakes those that wait for the changes of the users that it
 * wrote for. They are woken also if the work fails or is interrupted after a write, because that may be committed.
 */
export const runAsMutation = <A, E, R>(
  mutation: Mutation,
  work: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R | ChangeSignal> =>
  Effect.suspend(() => {
    const users = new Set<UserId>()
    const onChange = (userId: UserId): void => {
      users.add(userId)
      mutation.onChange(userId)
    }
    const wake = Effect.suspend(() =>
      users.size === 0
        ? Effect.void
        : Effect.flatMap(ChangeSignal, ({ changed }) => Effect.forEach(users, changed, { discard: true })),
    )
    return Effect.ensuring(Effect.provideService(work, CurrentMutation, { ...mutation, onChange }), wake)
  })

/**
 * Runs the one write of a use case that returns `result`. If the request has an idempotency key, the response to this
 * result is stored in the same atomic step.
 */
export const writeWithResult = <A, E, R>(result: unknown, write: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(CurrentMutation, (mutation) =>
    mutation.toRecord === null
      ? write
      : Effect.provideService(write, CurrentMutation, { ...mutation, record: mutation.toRecord(result) }),
  )

/**
 * Runs a use case with several writes as one unit of work. If the request has an idempotency key and changes something,
 * the response to the result is stored in the same unit, after the writes.
 */
export const atomicallyWithResult = <A, E, R>(
  userId: UserId,
  unit: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R | IdempotencyRecords | UnitOfWork> =>
  Effect.gen(function* () {
    const { atomically } = yield* UnitOfWork
    const { insert } = yield* IdempotencyRecords
    const mutation = yield* CurrentMutation
    const { toRecord } = mutation
    if (toRecord === null) return yield* atomically(unit)
    return yield* atomically(
      Effect.suspend(() => {
        // The store may run the unit again.
        let hasChanged = false
        const onChange = (changedUserId: UserId): void => {
          hasChanged = true
          mutation.onChange(changedUserId)
        }
        const run = Effect.provideService(unit, CurrentMutation, { ...mutation, toRecord: null, onChange })
        return Effect.tap(run, (result) => (hasChanged ? insert(userId, toRecord(result)) : Effect.void))
      }),
    )
  })

/**
 * Runs a use case inside another one that returns something made from the first one's result. The response that is
 * stored with the write is then made from the result of the outer use case.
 */
export const mapResult = <A, B, E, R>(toResult: (inner: A) => B, useCase: Effect.Effect<A, E, R>) =>
  Effect.flatMap(CurrentMutation, (mutation) => {
    const { toRecord } = mutation
    const run = Effect.map(useCase, toResult)
    if (toRecord === null) return run
    // The store gets what the inner use case passes to `writeWithResult`.
    const record = (inner: unknown) => toRecord(toResult(inner as A))
    return Effect.provideService(run, CurrentMutation, { ...mutation, toRecord: record })
  })
