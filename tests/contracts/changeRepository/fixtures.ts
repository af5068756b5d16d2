/** The mutations, the reads and the expectations that the parts of the `ChangeRepository` suite share. */
import { expect } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { CurrentMutation, type Mutation } from "../../../application/changes/Mutation.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Category } from "../../../domain/categories/Category.ts"
import { type Actor, ActorName } from "../../../domain/changes/Actor.ts"
import { Change, RequestId, SequenceNumber } from "../../../domain/changes/Change.ts"
import type { Entity } from "../../../domain/changes/EntityState.ts"
import { newBatchId } from "../../support/entities.ts"

export const both: ReadonlyArray<Entity> = ["task", "category"]
export const seq = (number: number): SequenceNumber => SequenceNumber.make(number)

/** Makes another API token for each call. */
export const makeToken = (): Extract<Actor, { readonly kind: "token" }> => ({
  kind: "token",
  id: uuidV7Unsafe(),
  name: ActorName.make("claude 🌻"),
})

/** Makes the mutation of a request with a batch of its own. */
export const makeMutation = (fields: Partial<Mutation> = {}): Mutation => ({
  actor: makeToken(),
  requestId: RequestId.make(`req_${uuidV7Unsafe()}`),
  batchId: newBatchId(),
  undoes: null,
  toRecord: null,
  record: null,
  onChange: () => {},
  ...fields,
})

/** Runs the writes of an effect as a part of this mutation. */
export const within =
  (mutation: Mutation) =>
  <A, E, R>(writes: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(writes, CurrentMutation, mutation)

/** Reads the whole history of a user, the oldest change first. It has to be short. */
export const historyOf = (userId: UserId) =>
  Effect.gen(function* () {
    const changes = yield* ChangeRepository
    const page = yield* changes.readAfter(userId, null, both, 500)
    expect(page.changes.length).toBeLessThan(500)
    return page.changes
  })

/** Reads the newest change of a user, and asserts that it is a valid one. */
export const newestOf = (userId: UserId) =>
  Effect.gen(function* () {
    const changes = yield* ChangeRepository
    const [newest] = yield* changes.readBefore(userId, {}, null, 1)
    if (newest === undefined) throw new Error("The user has no change")
    return Schema.decodeUnknownSync(Change)(newest)
  })

/** What the changes of this mutation have in common, except for the time and the place. */
export const originOf = ({ actor, batchId, requestId, undoes }: Mutation) => ({ actor, batchId, requestId, undoes })

export const idsOf = (categories: ReadonlyArray<Category>) => categories.map(({ id }) => id).toSorted()

/** The changes without what differs from store to store. */
export const summaryOf = (changes: ReadonlyArray<Change>) =>
  changes.map(({ entityId, op, seq, version }) => ({ entityId, op, seq, version }))
