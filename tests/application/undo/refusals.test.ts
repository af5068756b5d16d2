/** Holds an undo to what it refuses: what was changed or purged since, and targets that are unknown, expired or too large. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { readHistory } from "../../../application/changes/ReadHistory.ts"
import { maxUndoHistory, maxUndoneChanges } from "../../../application/changes/UndoChanges.ts"
import { now } from "../../../application/shared/Now.ts"
import { deleteTask } from "../../../application/tasks/DeleteTask.ts"
import { getTask } from "../../../application/tasks/GetTask.ts"
import { purgeTask } from "../../../application/tasks/PurgeTask.ts"
import { memory } from "../../../bootstrap/memory.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { ChangeId } from "../../../domain/changes/ChangeId.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { plusMillis } from "../../../domain/shared/Timestamp.ts"
import { keepTask, keepUser, newBatchId, newChangeId } from "../../support/entities.ts"
import { asRequest, forgetChanges, sessionActor } from "../../support/requests.ts"
import { batch, create, edit, latestOf, mine, since, tagOf, theirs, title, undo } from "./calls.ts"

/** An id that sorts behind all others. */
const lateId = "ffffffff-ffff-7fff-bfff-ffffffffffff"

layer(memory)("an undo that is blocked", (it) => {
  /** A batch of two edits, and the edit of another session after it. */
  const blocked = Effect.gen(function* () {
    const userId = yield* keepUser
    const [one, other] = [yield* create(userId), yield* create(userId)]
    const { batchId } = yield* asRequest(
      theirs,
      Effect.gen(function* () {
        yield* edit(userId, one.id, { title: title("One"), priority: "high" })
        yield* edit(userId, other.id, { title: title("Other") })
      }),
    )
    yield* asRequest(mine, edit(userId, one.id, { title: title("By me") }))
    return { userId, one, other, target: batch(batchId) }
  })

  it.effect("names the fields and the actor, and does nothing", () =>
    Effect.gen(function* () {
      const { one, target, userId } = yield* blocked
      const before = yield* latestOf(userId)
      const error = yield* Effect.flip(undo(userId, target))
      expect(error).toMatchObject({
        _tag: "UndoConflict",
        blocked: [
          { entityId: one.id, fields: ["title"], reason: "changed", currentVersion: 3, by: sessionActor(mine) },
        ],
      })
      expect(yield* latestOf(userId)).toStrictEqual(before)
    }),
  )

  it.effect("does the rest if it may be partial, also other fields of the same task", () =>
    Effect.gen(function* () {
      const { one, other, target, userId } = yield* blocked
      const { skipped, undone } = yield* undo(userId, target, { isPartial: true })
      expect(skipped).toMatchObject([{ entityId: one.id, fields: ["title"] }])
      expect(undone.map(({ entityId }) => entityId).toSorted()).toStrictEqual([one.id, other.id].toSorted())
      expect(yield* getTask({ userId, taskId: one.id })).toMatchObject({ title: "By me", priority: one.priority })
      expect(yield* getTask({ userId, taskId: other.id })).toMatchObject({ title: other.title })
    }),
  )

  it.effect("refuses a purge always, and what was purged since, unless it may be partial", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [one, other] = [yield* create(userId), yield* create(userId)]
      const { batchId } = yield* asRequest(
        theirs,
        Effect.andThen(deleteTask({ userId, taskId: one.id }), deleteTask({ userId, taskId: other.id })),
      )
      const purge = yield* asRequest(theirs, purgeTask({ userId, taskId: one.id }))
      expect(yield* Effect.flip(undo(userId, batch(purge.batchId)))).toMatchObject({
        _tag: "NotUndoable",
        blocked: [{ entityId: one.id, reason: "purged", currentVersion: null }],
      })
      expect(yield* Effect.flip(undo(userId, batch(batchId)))).toMatchObject({
        _tag: "UndoExpired",
        blocked: [{ entityId: one.id, reason: "expired", currentVersion: null }],
      })
      const { skipped, undone } = yield* undo(userId, batch(batchId), { isPartial: true })
      expect([undone.length, skipped.length]).toStrictEqual([1, 1])
    }),
  )
})

layer(memory)("the target of an undo", (it) => {
  it.effect("is not found if the user has made no such change", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { batchId } = yield* asRequest(theirs, create(userId))
      const [change] = (yield* readHistory({ userId })).data
      const other = yield* keepUser
      const changeId = change?.id ?? newChangeId()
      const targets = [
        UndoTarget.OneChange({ changeId: newChangeId() }),
        batch(newBatchId()),
        since(mine, yield* now),
        since(theirs, plusMillis(yield* now, 1)),
      ]
      for (const target of targets) expect(yield* tagOf(undo(userId, target))).toBe("ChangeNotFound")
      for (const target of [UndoTarget.OneChange({ changeId }), batch(batchId), since(theirs, yield* now)]) {
        expect(yield* tagOf(undo(other, target))).toBe("ChangeNotFound")
      }
    }),
  )

  it.effect("has expired if it was made before the oldest change that is kept", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const from = yield* now
      const old = yield* asRequest(theirs, create(userId))
      const [change] = (yield* readHistory({ userId })).data
      if (change === undefined) return expect.unreachable("there is a change")
      yield* forgetChanges
      const targets = [UndoTarget.OneChange({ changeId: change.id }), batch(old.batchId), since(theirs, from)]
      for (const target of targets) expect(yield* tagOf(undo(userId, target))).toBe("UndoExpired")
      const kept = yield* asRequest(theirs, create(userId))
      for (const target of targets) expect(yield* tagOf(undo(userId, target))).toBe("UndoExpired")
      // An id from after the oldest change that is kept never was a change of this user.
      const never = UndoTarget.OneChange({ changeId: ChangeId.make(lateId) })
      expect(yield* tagOf(undo(userId, never))).toBe("ChangeNotFound")
      // What is left of it can be taken back.
      const { undone } = yield* undo(userId, since(theirs, from), { isPartial: true })
      expect(undone.map(({ entityId }) => entityId)).toStrictEqual([kept.result.id])
      // A session that began later than the oldest change that is kept did nothing before.
      const later = SessionId.make(lateId)
      yield* asRequest(later, create(userId))
      expect((yield* undo(userId, since(later, from))).undone.length).toBe(1)
    }),
  )

  it.effect(
    "may have 5,000 changes, and 10,000 of the same things since",
    () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const { batchId, result } = yield* asRequest(theirs, keepTask(userId))
        const flip = Effect.gen(function* () {
          const { priority } = yield* getTask({ userId, taskId: result.id })
          yield* edit(userId, result.id, { priority: priority === "high" ? "low" : "high" })
        })
        const many = yield* asRequest(mine, Effect.repeat(flip, { times: maxUndoneChanges }))
        expect(yield* Effect.flip(undo(userId, batch(many.batchId)))).toMatchObject({
          _tag: "UndoTooLarge",
          limit: maxUndoneChanges,
          of: "target",
        })
        expect(yield* tagOf(undo(userId, batch(batchId)))).toBe("UndoConflict")
        yield* asRequest(mine, Effect.repeat(flip, { times: maxUndoHistory - maxUndoneChanges }))
        expect(yield* Effect.flip(undo(userId, batch(batchId)))).toMatchObject({
          _tag: "UndoTooLarge",
          limit: maxUndoHistory,
          of: "history",
        })
      }),
    60_000,
  )
})
