/** Holds an undo to what it takes back and leaves as it is, and a dry run to what the undo does. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { createCategory } from "../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { listCategories } from "../../../application/categories/ListCategories.ts"
import { IdempotencyRecords } from "../../../application/changes/IdempotencyRecords.ts"
import { CurrentMutation } from "../../../application/changes/Mutation.ts"
import { readHistory } from "../../../application/changes/ReadHistory.ts"
import { undoChanges } from "../../../application/changes/UndoChanges.ts"
import { now } from "../../../application/shared/Now.ts"
import { assignCategory } from "../../../application/tasks/AssignCategory.ts"
import { deleteTask } from "../../../application/tasks/DeleteTask.ts"
import { getTask } from "../../../application/tasks/GetTask.ts"
import { restoreTask } from "../../../application/tasks/RestoreTask.ts"
import { memory } from "../../../bootstrap/memory.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { keepUser, makeRecord } from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"
import { asRequest, sessionActor } from "../../support/requests.ts"
import { batch, create, edit, latestOf, mine, since, tagOf, theirs, title, undo } from "./calls.ts"

layer(memory)("an undo", (it) => {
  it.effect("takes back a batch with a batch of its own, which names what it took back", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* create(userId)
      const { batchId } = yield* asRequest(
        theirs,
        Effect.andThen(edit(userId, task.id, { title: title("First") }), edit(userId, task.id, { priority: "high" })),
      )
      const outcome = yield* undo(userId, batch(batchId))
      const { data } = yield* readHistory({ userId })
      const [undoing, , first] = data
      expect(outcome).toStrictEqual({
        undone: [{ changeId: first?.id, entity: "task", entityId: task.id, version: 4 }],
        skipped: [],
        batchId: undoing?.batchId,
      })
      expect(undoing).toMatchObject({
        op: "updated",
        actor: sessionActor(mine),
        undoes: first?.id,
        after: { title: task.title, priority: task.priority },
      })
      expect(undoing?.batchId).not.toBe(batchId)
      expect(yield* getTask({ userId, taskId: task.id })).toStrictEqual({ ...task, version: 4 })
    }),
  )

  it.effect("is one batch for a caller that names none", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { batchId } = yield* asRequest(theirs, Effect.andThen(create(userId), create(userId)))
      const outcome = yield* undoChanges({ userId, target: batch(batchId), isPartial: false, isDryRun: false })
      if (outcome.batchId === null) return expect.unreachable("the undo is written")
      const { data } = yield* readHistory({ userId, batchId: outcome.batchId })
      expect(data.map(({ op }) => op)).toStrictEqual(["deleted", "deleted"])
    }),
  )

  it.effect("can be taken back itself, and twice is no more than once", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* create(userId)
      const { batchId } = yield* asRequest(theirs, deleteTask({ userId, taskId: task.id }))
      const first = yield* undo(userId, batch(batchId))
      const before = yield* latestOf(userId)
      expect(yield* undo(userId, batch(batchId))).toStrictEqual({ undone: [], skipped: [], batchId: null })
      expect(yield* latestOf(userId)).toStrictEqual(before)
      if (first.batchId === null) return expect.unreachable("the undo is written")
      yield* undo(userId, batch(first.batchId))
      expect(yield* tagOf(getTask({ userId, taskId: task.id }))).toBe("TaskNotFound")
    }),
  )

  it.effect("is done once if two are sent at once", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { batchId } = yield* asRequest(theirs, Effect.andThen(create(userId), create(userId)))
      const outcomes = yield* allAtOnce([undo(userId, batch(batchId)), undo(userId, batch(batchId))])
      expect(outcomes.map(({ undone }) => undone.length).toSorted()).toStrictEqual([0, 2])
    }),
  )

  it.effect("takes back one change and keeps what was done since", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* create(userId)
      yield* edit(userId, task.id, { title: title("By mistake") })
      yield* edit(userId, task.id, { status: "completed" })
      const change = (yield* readHistory({ userId })).data[1]
      if (change === undefined) return expect.unreachable("there are three changes")
      yield* undo(userId, UndoTarget.OneChange({ changeId: change.id }))
      expect(yield* getTask({ userId, taskId: task.id })).toMatchObject({ title: task.title, status: "completed" })
    }),
  )

  it.effect("takes back what one session did since a time, in all its batches", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [old, kept] = [yield* create(userId), yield* create(userId)]
      yield* asRequest(theirs, edit(userId, old.id, { title: title("Before") }))
      yield* TestClock.adjust(10)
      const from = yield* now
      const made = (yield* asRequest(theirs, create(userId))).result
      yield* asRequest(theirs, edit(userId, old.id, { title: title("After") }))
      yield* asRequest(mine, edit(userId, kept.id, { title: title("By another") }))
      yield* asRequest(theirs, deleteTask({ userId, taskId: kept.id }))
      const { undone } = yield* undo(userId, since(theirs, from))
      expect(undone.map(({ entityId }) => entityId).toSorted()).toStrictEqual([old.id, made.id, kept.id].toSorted())
      expect(yield* getTask({ userId, taskId: old.id })).toMatchObject({ title: "Before" })
      expect(yield* getTask({ userId, taskId: kept.id })).toMatchObject({ title: "By another" })
      expect(yield* tagOf(getTask({ userId, taskId: made.id }))).toBe("TaskNotFound")
      // What this session did includes this undo, so a second one leaves nothing to do.
      yield* undo(userId, since(mine, from))
      expect((yield* undo(userId, since(mine, from))).undone).toStrictEqual([])
    }),
  )

  it.effect("takes back changes of categories, with their assignments and names", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const home = yield* createCategory({ userId, name: CategoryName.make("Home") })
      const task = yield* create(userId)
      yield* assignCategory({ userId, taskId: task.id, categoryId: home.id })
      const { batchId } = yield* asRequest(
        theirs,
        Effect.gen(function* () {
          yield* deleteCategory({ userId, categoryId: home.id })
          const another = yield* createCategory({ userId, name: home.name })
          yield* assignCategory({ userId, taskId: task.id, categoryId: another.id })
        }),
      )
      yield* undo(userId, batch(batchId))
      expect((yield* listCategories({ userId })).map(({ id }) => id)).toStrictEqual([home.id])
      const { categories } = yield* getTask({ userId, taskId: task.id })
      expect(categories.map(({ id }) => id)).toStrictEqual([home.id])
    }),
  )

  it.effect("skips a category that is gone meanwhile, and names it", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const home = yield* createCategory({ userId, name: CategoryName.make("Home") })
      const task = yield* create(userId)
      yield* assignCategory({ userId, taskId: task.id, categoryId: home.id })
      const { batchId } = yield* asRequest(theirs, deleteTask({ userId, taskId: task.id }))
      yield* deleteCategory({ userId, categoryId: home.id })
      const { skipped, undone } = yield* undo(userId, batch(batchId))
      expect([undone.length, skipped]).toStrictEqual([1, []])
      const change = (yield* readHistory({ userId })).data.find(
        ({ op, entity }) => op === "updated" && entity === "task",
      )
      if (change === undefined) return expect.unreachable("the category was assigned")
      yield* undo(userId, UndoTarget.OneChange({ changeId: change.id }))
      const reassigned = (yield* readHistory({ userId })).data[0]
      if (reassigned === undefined) return expect.unreachable("the category was taken off")
      const again = yield* undo(userId, batch(reassigned.batchId))
      expect(again.skipped).toMatchObject([{ reason: "category_gone", entityId: task.id, categoryIds: [home.id] }])
    }),
  )
})

layer(memory)("a dry run of an undo", (it) => {
  it.effect("tells what the undo does, and writes nothing", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [edited, deleted, restored] = [yield* create(userId), yield* create(userId), yield* create(userId)]
      yield* deleteTask({ userId, taskId: restored.id })
      const { batchId } = yield* asRequest(
        theirs,
        Effect.gen(function* () {
          yield* edit(userId, edited.id, { title: title("Edited") })
          yield* edit(userId, deleted.id, { title: title("Deleted") })
          yield* deleteTask({ userId, taskId: deleted.id })
          yield* restoreTask({ userId, taskId: restored.id })
          yield* createCategory({ userId, name: CategoryName.make("Created") })
          yield* create(userId, "Created")
        }),
      )
      const before = yield* latestOf(userId)
      const dry = yield* undo(userId, batch(batchId), { isDryRun: true })
      expect(yield* latestOf(userId)).toStrictEqual(before)
      expect(dry.batchId).toBe(null)
      const outcome = yield* undo(userId, batch(batchId))
      expect({ ...outcome, batchId: null }).toStrictEqual(dry)
      // The versions of a dry run are those that the undo leads to.
      const { data } = yield* readHistory({ userId })
      for (const { entityId, version } of outcome.undone) {
        expect(data.find((change) => change.entityId === entityId)?.version).toBe(version)
      }
    }),
  )

  it.effect("is refused as the undo is", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { batchId, result } = yield* asRequest(theirs, create(userId))
      yield* asRequest(mine, edit(userId, result.id, { priority: "high" }))
      expect(yield* tagOf(undo(userId, batch(batchId), { isDryRun: true }))).toBe("UndoConflict")
    }),
  )
})

layer(memory)("an undo with an idempotency key", (it) => {
  it.effect("stores its response with its changes, and none if it changes nothing", () =>
    Effect.gen(function* () {
      const records = yield* IdempotencyRecords
      const userId = yield* keepUser
      const { batchId } = yield* asRequest(theirs, create(userId))
      const mutation = yield* CurrentMutation
      const withKey = (record: ReturnType<typeof makeRecord>) =>
        Effect.provideService(
          undoChanges({ userId, target: batch(batchId), isPartial: false, isDryRun: false }),
          CurrentMutation,
          { ...mutation, toRecord: (result) => ({ ...record, response: JSON.stringify(result) }) },
        )
      const [first, second] = [makeRecord(), makeRecord()]
      const outcome = yield* withKey(first)
      const stored = yield* Effect.flatMap(records.get(userId, first.key), Effect.fromOption)
      expect(stored.response).toBe(JSON.stringify(outcome))
      yield* withKey(second)
      expect((yield* records.get(userId, second.key))._tag).toBe("None")
    }),
  )
})
