/** Holds the use cases of tasks to versions, due dates, owners and the trash. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../application/categories/DeleteCategory.ts"
import { now } from "../../application/shared/Now.ts"
import { assignCategory } from "../../application/tasks/AssignCategory.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { listTasks } from "../../application/tasks/ListTasks.ts"
import { removeCategory } from "../../application/tasks/RemoveCategory.ts"
import { restoreTask } from "../../application/tasks/RestoreTask.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { firstVersion, nextVersion } from "../../domain/shared/Version.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/Task.ts"
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
      assert.deepStrictEqual(
        [task.userId, task.description, task.priority, task.dueDate, task.status, task.version, task.createdAt],
        [userId, "🌻", "high", dueDate, "pending", firstVersion, yield* now],
      )
      assert.deepStrictEqual(yield* getTask({ userId, taskId: task.id }), task)
      const listed = yield* listTasks({ userId, ...makeQuery() })
      assert.deepStrictEqual([listed.data, listed.total], [[task], 1])
    }),
  )

  it.effect("have ids that sort as they were created", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const ids = []
      for (let made = 0; made < 5; made++) ids.push((yield* makeTask(userId)).id)
      assert.deepStrictEqual([...ids].sort(), ids)
      assert.match(ids[0] ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    }),
  )

  it.effect("are not created or changed with a due date in the past", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const dueDate = yield* now
      const refused = { userId, taskId: task.id, version: task.version, dueDate }
      assert.strictEqual((yield* Effect.flip(createTask({ userId, title, dueDate })))._tag, "DueDateNotInFuture")
      assert.strictEqual((yield* Effect.flip(updateTask(refused)))._tag, "DueDateNotInFuture")
      // The shape is checked before the existence.
      const missing = yield* Effect.flip(updateTask({ ...refused, taskId: newTaskId() }))
      assert.strictEqual(missing._tag, "DueDateNotInFuture")
      assert.deepStrictEqual(yield* getTask({ userId, taskId: task.id }), task)
    }),
  )

  it.effect("are changed in the version that was read, and in no other", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const before = yield* makeTask(userId)
      const command = { userId, taskId: before.id, version: before.version, status: "completed" } as const
      yield* TestClock.adjust(1000)
      const after = yield* updateTask(command)
      assert.deepStrictEqual(after, {
        ...before,
        status: "completed",
        version: nextVersion(before.version),
        updatedAt: yield* now,
      })
      assert.deepStrictEqual(yield* getTask({ userId, taskId: before.id }), after)
      for (const version of [before.version, nextVersion(after.version)]) {
        const error = yield* Effect.flip(updateTask({ ...command, version }))
        assert.strictEqual(error._tag, "VersionConflict")
        if (error._tag === "VersionConflict") assert.deepStrictEqual(error.current, after)
      }
    }),
  )

  it.effect("keep their version where a change changes nothing, but refuse a stale one", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const command = { userId, taskId: task.id, version: task.version }
      assert.deepStrictEqual(yield* updateTask(command), task)
      assert.deepStrictEqual(yield* getTask(command), task)
      const stale = yield* Effect.flip(updateTask({ ...command, version: nextVersion(task.version) }))
      assert.strictEqual(stale._tag, "VersionConflict")
    }),
  )

  it.effect("are changed by exactly one of 64 writers of one version", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const command = { userId, taskId: task.id, version: task.version, status: "completed" } as const
      const results = yield* timesAtOnce(64, Effect.result(updateTask(command)))
      assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 1)
      for (const result of results) {
        if (result._tag === "Failure") assert.strictEqual(result.failure._tag, "VersionConflict")
      }
      assert.strictEqual((yield* getTask(command)).version, nextVersion(task.version))
    }),
  )

  it.effect("are gone when they are deleted, and back when they are restored", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* makeTask(userId)
      const category = yield* makeCategory(userId)
      const command = { userId, taskId: task.id }
      assert.strictEqual((yield* Effect.flip(restoreTask(command)))._tag, "TaskNotFound")
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
        assert.strictEqual(error._tag, "TaskNotFound")
      }
      assert.strictEqual((yield* listTasks({ userId, ...makeQuery() })).total, 0)
      yield* TestClock.adjust(1000)
      const restored = yield* restoreTask(command)
      assert.deepStrictEqual(restored, { ...task, version: nextVersion(task.version), updatedAt: yield* now })
      assert.deepStrictEqual(yield* getTask(command), restored)
    }),
  )

  it.effect("are nobody's business but their owner's", () =>
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
          assert.strictEqual(error._tag, refusal)
        }
      }
      const restored = yield* Effect.flip(restoreTask({ userId: other, taskId: deleted.id }))
      assert.strictEqual(restored._tag, "TaskNotFound")
      assert.strictEqual((yield* listTasks({ userId: other, ...makeQuery() })).total, 0)
      assert.deepStrictEqual((yield* getTask({ userId: owner, taskId: task.id })).categories, [theirs])
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
      assert.deepStrictEqual(assigned, { ...task, categories: [category], version: nextVersion(task.version) })
      assert.strictEqual((yield* Effect.flip(assignCategory(command)))._tag, "CategoryAlreadyAssigned")
      yield* removeCategory(command)
      const removed = yield* getTask(command)
      assert.deepStrictEqual(removed, { ...task, version: nextVersion(assigned.version) })
      assert.strictEqual((yield* Effect.flip(removeCategory(command)))._tag, "CategoryNotAssigned")
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
        assert.strictEqual((yield* Effect.flip(assignCategory(command)))._tag, refusal)
        assert.strictEqual((yield* Effect.flip(removeCategory(command)))._tag, refusal)
      }
      assert.deepStrictEqual(yield* getTask({ userId, taskId: task.id }), task)
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
      assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 3)
      const kept = yield* getTask({ userId, taskId: task.id })
      assert.deepStrictEqual([kept.categories, kept.version], [categories, 4])
    }),
  )

  it.effect("filter the list, and leave their tasks when they are deleted", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [task] = [yield* makeTask(userId), yield* makeTask(userId)]
      const category = yield* makeCategory(userId)
      yield* assignCategory({ userId, taskId: task.id, categoryId: category.id })
      const query = { userId, ...makeQuery({ categoryId: category.id }) }
      assert.deepStrictEqual(
        (yield* listTasks(query)).data.map(({ id }) => id),
        [task.id],
      )
      yield* deleteCategory({ userId, categoryId: category.id })
      assert.strictEqual((yield* listTasks(query)).total, 0)
      assert.deepStrictEqual((yield* getTask({ userId, taskId: task.id })).categories, [])
    }),
  )
})
