/** Holds the use cases of the trash to its order and pages, to owners, and to what is gone for good. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { readHistory } from "../../application/changes/ReadHistory.ts"
import { DeletedTaskRetention } from "../../application/cleanup/DeletedTaskRetention.ts"
import { now } from "../../application/shared/Now.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { emptyTrash, maxPurgedTasks } from "../../application/tasks/EmptyTrash.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { listTrash } from "../../application/tasks/ListTrash.ts"
import { purgeTask } from "../../application/tasks/PurgeTask.ts"
import { restoreTask } from "../../application/tasks/RestoreTask.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { isBlanked } from "../../domain/changes/Change.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { nextVersion } from "../../domain/shared/Version.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { cursorLimit, keepTask, keepUser, newTaskId } from "../support/entities.ts"

const title = TaskTitle.make("Water the plants")

/** Creates a task and deletes it. */
const deleted = Effect.fnUntraced(function* (userId: UserId) {
  const task = yield* createTask({ userId, title })
  yield* deleteTask({ userId, taskId: task.id })
  return task
})

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

layer(memory)("the trash", (it) => {
  it.effect("has the last deleted task first, with the time when it goes", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* createTask({ userId, title })
      const first = yield* deleted(userId)
      const deletedAt = yield* now
      yield* TestClock.adjust(5)
      const second = yield* deleted(userId)
      yield* deleted(yield* keepUser)
      const day = 24 * 60 * 60 * 1000
      const { data, nextCursor } = yield* Effect.provideService(listTrash({ userId }), DeletedTaskRetention, 2 * day)
      expect(data.map(({ task }) => task.id)).toStrictEqual([second.id, first.id])
      expect(data[1]).toStrictEqual({ task: first, deletedAt, purgeAt: plusMillis(deletedAt, 2 * day) })
      expect(nextCursor).toBe(null)
    }),
  )

  it.effect("is read by pages, though the task at the end of one is gone", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const tasks = []
      for (let made = 0; made < 5; made++) tasks.push(yield* deleted(userId))
      const seen = []
      let cursor: string | undefined
      do {
        const page: Effect.Success<ReturnType<typeof listTrash>> = yield* listTrash({
          userId,
          limit: cursorLimit(2),
          cursor,
        })
        seen.push(...page.data.map(({ task }) => task.id))
        const last = page.data.at(-1)
        if (last !== undefined) yield* restoreTask({ userId, taskId: last.task.id })
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(seen).toStrictEqual(tasks.map(({ id }) => id).toReversed())
      expect(yield* tagOf(listTrash({ userId, cursor: "no cursor" }))).toBe("InvalidCursor")
    }),
  )

  it.effect("gives a task back under the next version, and only if it is there", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const other = yield* keepUser
      const created = yield* createTask({ userId, title })
      const command = { userId, taskId: created.id }
      const task = yield* updateTask({ ...command, version: created.version, priority: "high" })
      yield* deleteTask(command)
      expect(yield* Effect.flip(restoreTask({ ...command, version: created.version }))).toMatchObject({
        _tag: "StaleTaskVersion",
        current: task,
      })
      expect(yield* tagOf(restoreTask({ ...command, userId: other }))).toBe("TaskNotFound")
      const restored = yield* restoreTask({ ...command, version: task.version })
      expect(restored).toStrictEqual({ ...task, version: nextVersion(task.version), updatedAt: yield* now })
      expect(yield* getTask(command)).toStrictEqual(restored)
      expect(yield* tagOf(restoreTask(command))).toBe("NotDeleted")
      expect(yield* tagOf(restoreTask({ ...command, userId: other }))).toBe("NotOwner")
      expect(yield* tagOf(restoreTask({ userId, taskId: newTaskId() }))).toBe("TaskNotFound")
    }),
  )

  it.effect("loses a task for good, and the history its words", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const other = yield* keepUser
      const task = yield* createTask({ userId, title })
      const command = { userId, taskId: task.id }
      expect(yield* tagOf(purgeTask(command))).toBe("NotDeleted")
      expect(yield* tagOf(purgeTask({ ...command, userId: other }))).toBe("NotOwner")
      yield* deleteTask(command)
      expect(yield* tagOf(purgeTask({ ...command, userId: other }))).toBe("TaskNotFound")
      yield* purgeTask(command)
      expect(yield* tagOf(purgeTask(command))).toBe("TaskNotFound")
      expect(yield* tagOf(restoreTask(command))).toBe("TaskNotFound")
      const { data } = yield* readHistory({ userId })
      expect(data.map((change) => [change.op, isBlanked(change)])).toStrictEqual([
        ["purged", false],
        ["deleted", false],
        ["created", true],
      ])
    }),
  )

  it.effect("is emptied, a thousand tasks a call", () =>
    Effect.gen(function* () {
      const { readBefore } = yield* ChangeRepository
      const userId = yield* keepUser
      const living = yield* createTask({ userId, title })
      for (let made = 0; made <= maxPurgedTasks; made++) {
        const { id } = yield* keepTask(userId)
        yield* deleteTask({ userId, taskId: id })
      }
      yield* deleted(yield* keepUser)
      expect(yield* emptyTrash({ userId })).toStrictEqual({ purged: maxPurgedTasks })
      expect((yield* listTrash({ userId })).data.length).toBe(1)
      expect(yield* emptyTrash({ userId })).toStrictEqual({ purged: 1 })
      const [newest] = yield* readBefore(userId, {}, null, 1)
      expect(yield* emptyTrash({ userId })).toStrictEqual({ purged: 0 })
      expect(yield* readBefore(userId, {}, null, 1)).toStrictEqual([newest])
      expect(yield* getTask({ userId, taskId: living.id })).toStrictEqual(living)
    }),
  )
})
