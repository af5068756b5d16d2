/** Holds the memory outbox to the deletion of its user's emails. */
import { expect, it } from "@effect/vitest"
import { Effect, HashMap, Layer, Result } from "effect"
import * as MemoryAccountRepository from "../../../adapters/memory/MemoryAccountRepository.ts"
import * as MemoryOutbox from "../../../adapters/memory/MemoryOutbox.ts"
import * as MemoryStore from "../../../adapters/memory/MemoryStore.ts"
import { Outbox } from "../../../application/outbox/Outbox.ts"
import { at, keepUser, newTaskId } from "../../support/entities.ts"

it.effect("MemoryOutbox drops the emails of a deleted user", () =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const store = yield* MemoryStore.MemoryStore
    const [gone, there] = [yield* keepUser, yield* keepUser]
    for (const userId of [gone, there]) {
      yield* outbox.add({ id: newTaskId(), userId, kind: "TokenTheft", createdAt: at(0) })
    }
    yield* store.write((state) => Result.succeed({ ...state, users: HashMap.remove(state.users, gone) }))
    expect(yield* outbox.counts).toStrictEqual({ waiting: 1, dead: 0 })
    const [email, ...more] = yield* outbox.claim({ at: at(1), until: at(2), limit: 10 })
    expect([email?.userId, more]).toStrictEqual([there, []])
    const kept = yield* store.read(({ waitingEmails }) => Effect.succeed(HashMap.size(waitingEmails)))
    expect(kept).toBe(1)
  }).pipe(
    Effect.provide(
      Layer.mergeAll(MemoryOutbox.layer, MemoryAccountRepository.layer).pipe(Layer.provideMerge(MemoryStore.layer)),
    ),
  ),
)
