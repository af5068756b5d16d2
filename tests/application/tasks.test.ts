/** Holds the use cases of tasks to versions, due dates, owners and the trash. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../application/categories/DeleteCategory.ts"
import { now } from "../../application/shared/Now.ts"
import { assignCategory } from "../../application/tasks/AssignCategory.ts"
import { completeTask } from "../../application/tasks/CompleteTask.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { listTasks } from "../../application/tasks/ListTasks.ts"
import { removeCategory } from "../../application/tasks/RemoveCategory.ts"
import { restoreTask } from "../../application/tasks/RestoreTask.ts"
import { startTask } from "../../application/tasks/StartTask.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { firstVersion, nextVersion } from "../../domain/shared/Version.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { keepUser, makeQuery, newCategoryId, newTaskId } from "../support/entities.ts"
import { allAtOnce, timesAtOnce } from "../support/interleaving.ts"

const title = TaskTitle.make("Water the plants")
const makeTask = (userId: UserId) => createTask({ userId, title })
const makeCategory = (userId: UserId, name = "Garden") => createCategory({ userId, name: CategoryName.make(name) })

layer(memory)("tasks", (it) => {
  it.effect("are created pending, found, and listed", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const dueDate = plusMillis(yield* now, 1)
      const task = yield* createTask({
        userId,
        title,
        description: TaskDescription.make("🌻"),
        priority: "high",
        dueDate,
      })
      expect([
        task.userId,
        task.description,
        task.priority,
        task.dueDate,
        task.status,
        task.version,
        task.createdAt,
      ]).toStrictEqual([userId, "🌻", "high", dueDate, "pending", firstVersion, yield* now])
      expect(yield* getTask({ userId, taskId: task.id })).toStrictEqual(task)
      const listed = yield* listTasks({ userId, ...makeQuery() })
      expect([listed.data, listed.total]).toStrictEqual([[task], 1])
    }),
  )

  it.effect("are started and completed whatever their version", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const changed = yield* updateTask({ userId, taskId: task.id, version: task.version, priority: "low" })
      const started = yield* startTask({ userId, taskId: task.id })
      expect(started).toStrictEqual({ ...changed, status: "in_progress", version: nextVersion(changed.version) })
      const completed = yield* completeTask({ userId, taskId: task.id })
      expect(completed).toStrictEqual({ ...started, status: "completed", version: nextVersion(started.version) })
      expect(yield* completeTask({ userId, taskId: task.id })).toStrictEqual(completed)
    }),
  )

  it.effect("have ids that sort as they were created", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const ids = []
      for (let made = 0; made < 5; made++) ids.push((yield* makeTask(userId)).id)
      expect([...ids].sort()).toStrictEqual(ids)
      expect(ids[0] ?? "").toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    }),
  )

  it.effect("are not created or changed with a due date in the past", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const dueDate = yield* now
      const refused = { userId, taskId: task.id, version: task.version, dueDate }
      expect((yield* Effect.flip(createTask({ userId, title, dueDate })))._tag).toBe("DueDateNotInFuture")
      expect((yield* Effect.flip(updateTask(refused)))._tag).toBe("DueDateNotInFuture")
      // The shape is checked before the existence.
      const missing = yield* Effect.flip(updateTask({ ...refused, taskId: newTaskId() }))
      expect(missing._tag).toBe("DueDateNotInFuture")
      expect(yield* getTask({ userId, taskId: task.id })).toStrictEqual(task)
    }),
  )

  it.effect("are changed in the version that was read, and in no other", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const before = yield* makeTask(userId)
      const command = { userId, taskId: before.id, version: before.version, status: "completed" } as const
      yield* TestClock.adjust(1000)
      const after = yield* updateTask(command)
      expect(after).toStrictEqual({
        ...before,
        status: "completed",
        version: nextVersion(before.version),
        updatedAt: yield* now,
      })
      expect(yield* getTask({ userId, taskId: before.id })).toStrictEqual(after)
      const stale = yield* Effect.flip(updateTask(command))
      expect(stale).toMatchObject({ _tag: "StaleTaskVersion", base: before.version, current: after })
      const unknown = yield* Effect.flip(updateTask({ ...command, version: nextVersion(after.version) }))
      expect(unknown).toMatchObject({ _tag: "UnknownVersion", current: after.version })
    }),
  )

  it.effect("keep their version where a change changes nothing, but refuse a stale one", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const command = { userId, taskId: task.id, version: task.version }
      expect(yield* updateTask(command)).toStrictEqual(task)
      expect(yield* getTask(command)).toStrictEqual(task)
      const stale = yield* Effect.flip(updateTask({ ...command, version: nextVersion(task.version) }))
      expect(stale._tag).toBe("UnknownVersion")
    }),
  )

  it.effect("are changed by exactly one of 64 writers of one version", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const command = { userId, taskId: task.id, version: task.version, status: "completed" } as const
      const results = yield* timesAtOnce(64, Effect.result(updateTask(command)))
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
      for (const result of results) {
        if (result._tag === "Failure") expect(result.failure._tag).toBe("StaleTaskVersion")
      }
      expect((yield* getTask(command)).version).toBe(nextVersion(task.version))
    }),
  )

  it.effect("are gone when they are deleted, and back when they are restored", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const category = yield* makeCategory(userId)
      const command = { userId, taskId: task.id }
      expect((yield* Effect.flip(restoreTask(command)))._tag).toBe("NotDeleted")
      yield* deleteTask(command)
      const attempts = [
        getTask(command),
        updateTask({ ...command, version: task.version }),
        deleteTask(command),
        assignCategory({ ...command, categoryId: category.id }),
        removeCategory({ ...command, categoryId: category.id }),
      ]
      for (const attempt of attempts) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string }, Effect.Services<typeof attempt>>(attempt)
        expect(error._tag).toBe("TaskNotFound")
      }
      expect((yield* listTasks({ userId, ...makeQuery() })).total).toBe(0)
      yield* TestClock.adjust(1000)
      const restored = yield* restoreTask(command)
      expect(restored).toStrictEqual({ ...task, version: nextVersion(task.version), updatedAt: yield* now })
      expect(yield* getTask(command)).toStrictEqual(restored)
    }),
  )

  it.effect("are refused to every user but their owner", () =>
    Effect.gen(function* () {
      const [owner, other] = [yield* keepUser, yield* keepUser]
      const [task, deleted] = [yield* makeTask(owner), yield* makeTask(owner)]
      const [theirs, mine] = [yield* makeCategory(owner), yield* makeCategory(other)]
      yield* assignCategory({ userId: owner, taskId: task.id, categoryId: theirs.id })
      yield* deleteTask({ userId: owner, taskId: deleted.id })
      const asOther = (taskId: typeof task.id) => [
        getTask({ userId: other, taskId }),
        updateTask({ userId: other, taskId, version: task.version, status: "completed" }),
        deleteTask({ userId: other, taskId }),
        assignCategory({ userId: other, taskId, categoryId: mine.id }),
        removeCategory({ userId: other, taskId, categoryId: theirs.id }),
      ]
      for (const [taskId, refusal] of [
        [task.id, "NotOwner"],
        [deleted.id, "TaskNotFound"],
        [newTaskId(), "TaskNotFound"],
      ] as const) {
        for (const attempt of asOther(taskId)) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string }, Effect.Services<typeof attempt>>(attempt)
          expect(error._tag).toBe(refusal)
        }
      }
      const restored = yield* Effect.flip(restoreTask({ userId: other, taskId: deleted.id }))
      expect(restored._tag).toBe("TaskNotFound")
      expect((yield* listTasks({ userId: other, ...makeQuery() })).total).toBe(0)
      expect((yield* getTask({ userId: owner, taskId: task.id })).categories).toStrictEqual([theirs])
    }),
  )
})

layer(memory)("categories of a task", (it) => {
  it.effect("are put on and taken off, each raising the version", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const category = yield* makeCategory(userId)
      const command = { userId, taskId: task.id, categoryId: category.id }
      const assigned = yield* assignCategory(command)
      expect(assigned).toStrictEqual({ ...task, categories: [category], version: nextVersion(task.version) })
      expect((yield* Effect.flip(assignCategory(command)))._tag).toBe("CategoryAlreadyAssigned")
      yield* removeCategory(command)
      const removed = yield* getTask(command)
      expect(removed).toStrictEqual({ ...task, version: nextVersion(assigned.version) })
      expect((yield* Effect.flip(removeCategory(command)))._tag).toBe("CategoryNotAssigned")
    }),
  )

  it.effect("are the owner's own, and there", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const task = yield* makeTask(userId)
      for (const [categoryId, refusal] of [
        [(yield* makeCategory(other)).id, "NotOwner"],
        [newCategoryId(), "CategoryNotFound"],
      ] as const) {
        const command = { userId, taskId: task.id, categoryId }
        expect((yield* Effect.flip(assignCategory(command)))._tag).toBe(refusal)
        expect((yield* Effect.flip(removeCategory(command)))._tag).toBe(refusal)
      }
      expect(yield* getTask({ userId, taskId: task.id })).toStrictEqual(task)
    }),
  )

  it.effect("are all kept when many are put on at once, each once", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const categories = yield* Effect.forEach(["Garden", "Kitchen", "Office"], (name) => makeCategory(userId, name))
      const results = yield* allAtOnce(
        [...categories, ...categories, ...categories].map(({ id }) =>
          Effect.result(assignCategory({ userId, taskId: task.id, categoryId: id })),
        ),
      )
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(3)
      const kept = yield* getTask({ userId, taskId: task.id })
      expect([kept.categories, kept.version]).toStrictEqual([categories, 4])
    }),
  )

  it.effect("filter the list, and leave their tasks when they are deleted", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [task] = [yield* makeTask(userId), yield* makeTask(userId)]
      const category = yield* makeCategory(userId)
      yield* assignCategory({ userId, taskId: task.id, categoryId: category.id })
      const query = { userId, ...makeQuery({ categoryId: category.id }) }
      expect((yield* listTasks(query)).data.map(({ id }) => id)).toStrictEqual([task.id])
      yield* deleteCategory({ userId, categoryId: category.id })
      expect((yield* listTasks(query)).total).toBe(0)
      expect((yield* getTask({ userId, taskId: task.id })).categories).toStrictEqual([])
    }),
  )
})
