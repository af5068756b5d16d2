/** Runs effects as requests of sessions, so that each leaves one batch of changes, and lets the service forget changes. */
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ChangeRetention } from "../../application/changes/ChangeRetention.ts"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import { cleanUp } from "../../application/cleanup/CleanUp.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { Actor } from "../../domain/changes/Actor.ts"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import { newBatchId } from "./entities.ts"

export const sessionActor = (id: SessionId): Actor => ({ kind: "session", id, name: null })

/** Runs the effect as one request of the session. Returns its result, and the batch of its changes. */
export const asRequest = <A, E, R>(sessionId: SessionId, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const mutation = yield* CurrentMutation
    const batchId: BatchId = newBatchId()
    const request = { ...mutation, actor: sessionActor(sessionId), batchId }
    return { batchId, result: yield* Effect.provideService(effect, CurrentMutation, request) }
  })

/** Lets time pass, and removes all changes from before now. */
export const forgetChanges = Effect.gen(function* () {
  yield* TestClock.adjust(1)
  yield* Effect.provideService(cleanUp(), ChangeRetention, 0)
})
