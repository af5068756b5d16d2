/** Holds the use cases that read histories to their order, their pages and their owners. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { readHistory } from "../../application/changes/ReadHistory.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { purgeTask } from "../../application/tasks/PurgeTask.ts"
import { readTaskHistory } from "../../application/tasks/ReadTaskHistory.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { cursorLimit, keepUser, newSessionId, newTaskId } from "../support/entities.ts"
import { asRequest, forgetChanges } from "../support/requests.ts"

const title = (text: string) => TaskTitle.make(text)
const rename = (userId: UserId, taskId: TaskId, text: string) =>
  updateTask({ userId, taskId, version: "any", title: title(text) })

/** A task with four changes, the first of which is its creation. */
const changedTask = Effect.gen(function* () {
  const userId = yield* keepUser
  const { id: taskId } = yield* createTask({ userId, title: title("First") })
  for (const text of ["Second", "Third"]) yield* rename(userId, taskId, text)
  yield* deleteTask({ userId, taskId })
  return { userId, taskId }
})

layer(memory)("the history of a task", (it) => {
  it.effect("has its changes, the newest first, also in the trash", () =>
    Effect.gen(function* () {
      const command = yield* changedTask
      const { data, isComplete, nextCursor } = yield* readTaskHistory(command)
      expect(data.map(({ op }) => op)).toStrictEqual(["deleted", "updated", "updated", "created"])
      expect(data[1]?.after).toStrictEqual({ title: "Third" })
      expect([nextCursor, isComplete]).toStrictEqual([null, true])
    }),
  )

  it.effect("is read by pages, whatever is added meanwhile", () =>
    Effect.gen(function* () {
      const { taskId, userId } = yield* changedTask
      const command = { taskId, userId, limit: cursorLimit(3) }
      const first = yield* readTaskHistory(command)
      expect(first.data.map(({ version }) => version)).toStrictEqual([3, 3, 2])
      expect(first.isComplete).toBe(true)
      yield* createTask({ userId, title: title("Another") })
      if (first.nextCursor === null) return expect.unreachable("there is a second page")
      const second = yield* readTaskHistory({ ...command, cursor: first.nextCursor })
      expect(second.data.map(({ op }) => op)).toStrictEqual(["created"])
      expect([second.nextCursor, second.isComplete]).toStrictEqual([null, true])
      const mismatch = yield* Effect.flip(readHistory({ userId, cursor: first.nextCursor }))
      expect(mismatch._tag).toBe("CursorMismatch")
      const invalid = yield* Effect.flip(readTaskHistory({ ...command, cursor: "first" }))
      expect(invalid._tag).toBe("InvalidCursor")
    }),
  )

  it.effect("says that it is not complete once its creation is forgotten", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { id: taskId } = yield* createTask({ userId, title: title("First") })
      yield* forgetChanges
      expect(yield* readTaskHistory({ userId, taskId })).toStrictEqual({
        data: [],
        nextCursor: null,
        isComplete: false,
      })
      yield* rename(userId, taskId, "Second")
      yield* rename(userId, taskId, "Third")
      for (const limit of [1, 2, 3]) {
        const { isComplete } = yield* readTaskHistory({ userId, taskId, limit: cursorLimit(limit) })
        expect(isComplete).toBe(false)
      }
    }),
  )

  it.effect("is not found without the task, and belongs to its owner", () =>
    Effect.gen(function* () {
      const { taskId, userId } = yield* changedTask
      const living = yield* createTask({ userId, title: title("Mine") })
      const other = yield* keepUser
      const tagOf = (command: { readonly userId: UserId; readonly taskId: TaskId }) =>
        Effect.map(Effect.flip(readTaskHistory(command)), ({ _tag }) => _tag)
      expect(yield* tagOf({ userId, taskId: newTaskId() })).toBe("TaskNotFound")
      expect(yield* tagOf({ userId: other, taskId: living.id })).toBe("NotOwner")
      expect(yield* tagOf({ userId: other, taskId })).toBe("TaskNotFound")
      yield* purgeTask({ userId, taskId })
      expect(yield* tagOf({ userId, taskId })).toBe("TaskNotFound")
    }),
  )
})

layer(memory)("the history of a user", (it) => {
  it.effect("has the changes of all tasks and categories, and of no other user", () =>
    Effect.gen(function* () {
      const { userId } = yield* changedTask
      yield* changedTask
      yield* createCategory({ userId, name: CategoryName.make("Garden") })
      const { data } = yield* readHistory({ userId })
      expect(data.map(({ seq }) => Number(seq))).toStrictEqual([5, 4, 3, 2, 1])
      expect(data[0]?.entity).toBe("category")
    }),
  )

  it.effect("is filtered by its actor and its batch, with cursors of their own", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [one, other] = [newSessionId(), newSessionId()]
      const create = (text: string) => createTask({ userId, title: title(text) })
      yield* asRequest(other, create("Of the other"))
      const { batchId } = yield* asRequest(one, Effect.andThen(create("First"), create("Second")))
      yield* asRequest(one, create("Third"))
      const titles = ({ data }: Effect.Success<ReturnType<typeof readHistory>>) =>
        data.map((change) => (change.entity === "task" ? change.after?.title : null))
      expect(titles(yield* readHistory({ userId, actorId: one }))).toStrictEqual(["Third", "Second", "First"])
      expect(titles(yield* readHistory({ userId, batchId }))).toStrictEqual(["Second", "First"])
      expect(titles(yield* readHistory({ userId, batchId, actorId: other }))).toStrictEqual([])
      const page = { userId, actorId: one, limit: cursorLimit(2) }
      const { nextCursor } = yield* readHistory(page)
      if (nextCursor === null) return expect.unreachable("there is a second page")
      expect(titles(yield* readHistory({ ...page, cursor: nextCursor }))).toStrictEqual(["First"])
      expect((yield* Effect.flip(readHistory({ userId, cursor: nextCursor })))._tag).toBe("CursorMismatch")
    }),
  )
})
