/** Holds tasks to their fields, their versions and their status changes. */
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { CategoryName } from "../../domain/categories/Category.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { Version } from "../../domain/shared/Version.ts"
import {
  assignCategory,
  change,
  create,
  expectVersion,
  maxTaskCategories,
  removeCategory,
  restore,
  TaskDescription,
  TaskPriority,
  TaskStatus,
  TaskTitle,
} from "../../domain/tasks/Task.ts"
import { at, makeCategory, makeTask, newTaskId, newUserId } from "../support/entities.ts"

const userId = newUserId()
const title = TaskTitle.make("Water the plants")
const value = Result.getOrThrow
const error = <A, E>(result: Result.Result<A, E>): E => {
  if (Result.isSuccess(result)) throw new Error("It was not refused.")
  return result.failure
}

describe("create", () => {
  it("makes a pending task of medium priority, with nothing else in it", () => {
    const id = newTaskId()
    assert.deepStrictEqual(value(create(id, userId, { title }, at(5))), {
      id,
      userId,
      title,
      description: null,
      status: "pending",
      priority: "medium",
      dueDate: null,
      categories: [],
      version: Version.make(1),
      createdAt: at(5),
      updatedAt: at(5),
    })
  })

  it("takes what is said of it", () => {
    const description = TaskDescription.make("")
    const task = value(create(newTaskId(), userId, { title, description, priority: "high", dueDate: at(6) }, at(5)))
    assert.deepStrictEqual([task.description, task.priority, task.dueDate], [description, "high", at(6)])
  })

  it("refuses a due date that is not in the future, to the millisecond", () => {
    assert.isTrue(Result.isSuccess(create(newTaskId(), userId, { title, dueDate: at(5.001) }, at(5))))
    for (const dueDate of [at(5), at(4.999)]) {
      const refusal = error(create(newTaskId(), userId, { title, dueDate }, at(5)))
      assert.strictEqual(refusal._tag, "DueDateNotInFuture")
      if (refusal._tag === "DueDateNotInFuture") assert.strictEqual(refusal.dueDate, dueDate)
    }
  })
})

const changes = Schema.Struct({
  title: Schema.optional(TaskTitle),
  description: Schema.optional(Schema.NullOr(TaskDescription)),
  status: Schema.optional(TaskStatus),
  priority: Schema.optional(TaskPriority),
  dueDate: Schema.optional(Schema.NullOr(Timestamp)),
})

describe("change", () => {
  const before = makeTask(userId, { description: TaskDescription.make("Every day"), dueDate: at(100) })

  it("keeps the task and its version where nothing is changed", () => {
    assert.strictEqual(value(change(before, {}, at(5))), before)
    assert.strictEqual(value(change(before, { title: undefined, dueDate: undefined }, at(5))), before)
  })

  it("clears with null, and leaves alone what is absent", () => {
    assert.deepStrictEqual(value(change(before, { description: null, dueDate: null }, at(5))), {
      ...before,
      description: null,
      dueDate: null,
      version: Version.make(2),
      updatedAt: at(5),
    })
    assert.deepStrictEqual(value(change(before, { status: "completed" }, at(5))), {
      ...before,
      status: "completed",
      version: Version.make(2),
      updatedAt: at(5),
    })
  })

  it("keeps the task and its version where every value is the stored one", () => {
    const { description, dueDate, priority, status, title } = before
    for (const same of [{ title }, { description }, { dueDate }, { description, dueDate, priority, status, title }]) {
      assert.strictEqual(value(change(before, same, at(5))), before)
    }
    assert.strictEqual(value(change(before, { title, priority: "high" }, at(5))).version, 2)
  })

  it("looks at a due date only when it differs from the stored one", () => {
    const overdue = makeTask(userId, { dueDate: at(1) })
    assert.strictEqual(value(change(overdue, { status: "completed" }, at(5))).dueDate, at(1))
    assert.strictEqual(value(change(overdue, { dueDate: at(1) }, at(5))), overdue)
    const completed = value(change(overdue, { status: "completed", dueDate: at(1) }, at(5)))
    assert.deepStrictEqual([completed.status, completed.dueDate, completed.version], ["completed", at(1), 2])
    assert.strictEqual(error(change(overdue, { dueDate: at(2) }, at(5)))._tag, "DueDateNotInFuture")
    assert.strictEqual(error(change(overdue, { dueDate: at(5) }, at(5)))._tag, "DueDateNotInFuture")
  })

  it.prop("changes what it is told to, raises the version by one, and touches nothing else", [changes], ([wanted]) => {
    const isPast = typeof wanted.dueDate === "string" && wanted.dueDate <= at(5)
    const result = change(before, wanted, at(5))
    assert.strictEqual(Result.isFailure(result), isPast)
    if (Result.isFailure(result)) return
    const given = Object.fromEntries(Object.entries(wanted).filter(([, field]) => field !== undefined))
    const isChange = Object.entries(given).some(([name, field]) => Reflect.get(before, name) !== field)
    const expected = isChange ? { ...before, ...given, version: Version.make(2), updatedAt: at(5) } : before
    assert.deepStrictEqual(result.success, expected)
  })
})

describe("expectVersion", () => {
  const task = makeTask(userId, { version: Version.make(3) })

  it("lets the version that is stored pass, and shows the task to every other", () => {
    assert.strictEqual(value(expectVersion(task, Version.make(3))), task)
    assert.strictEqual(value(expectVersion(task, "any")), task)
    assert.strictEqual(
      value(
        expectVersion(
          task,
          [2, 3].map((version) => Version.make(version)),
        ),
      ),
      task,
    )
    assert.strictEqual(error(expectVersion(task, []))._tag, "VersionConflict")
    for (const version of [2, 4]) {
      const refusal = error(expectVersion(task, Version.make(version)))
      assert.strictEqual(refusal._tag, "VersionConflict")
      assert.strictEqual(refusal.current, task)
    }
  })
})

describe("categories of a task", () => {
  const [garden, kitchen, sun] = ["Garden", "Kitchen", "🌻🌻🌻"].map((name) =>
    makeCategory(userId, { name: CategoryName.make(name) }),
  )
  if (garden === undefined || kitchen === undefined || sun === undefined) throw new Error("The fixture is broken.")
  const bare = makeTask(userId)

  it("are put on by name, each raising the version", () => {
    const one = value(assignCategory(bare, sun, at(1)))
    const two = value(assignCategory(one, garden, at(2)))
    const three = value(assignCategory(two, kitchen, at(3)))
    assert.deepStrictEqual(three, {
      ...bare,
      categories: [garden, kitchen, sun],
      version: Version.make(4),
      updatedAt: at(3),
    })
  })

  it("are not put on twice", () => {
    const refusal = error(
      assignCategory(value(assignCategory(bare, garden, at(1))), { ...garden, name: kitchen.name }, at(2)),
    )
    assert.strictEqual(refusal._tag, "CategoryAlreadyAssigned")
    if (refusal._tag === "CategoryAlreadyAssigned") assert.strictEqual(refusal.categoryId, garden.id)
  })

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => makeCategory(userId, { name: CategoryName.make(`Label ${index}`) }))

  it("are 100 at most, and a task that has more keeps them", () => {
    const nearly = makeTask(userId, { categories: many(maxTaskCategories - 1) })
    const full = value(assignCategory(nearly, garden, at(1)))
    assert.strictEqual(full.categories.length, 100)
    const refusal = error(assignCategory(full, kitchen, at(2)))
    assert.deepInclude(refusal, { _tag: "CategoryLimitReached", of: "task", limit: 100 })
    assert.strictEqual(error(assignCategory(full, garden, at(2)))._tag, "CategoryAlreadyAssigned")

    const older = makeTask(userId, { categories: many(maxTaskCategories + 20) })
    assert.strictEqual(value(change(older, { status: "completed" }, at(1))).categories.length, 120)
    const [first] = older.categories
    assert.strictEqual(value(removeCategory(older, first?.id ?? garden.id, at(1))).categories.length, 119)
    assert.strictEqual(error(assignCategory(older, garden, at(1)))._tag, "CategoryLimitReached")
  })

  it("and a status are given to a new task", () => {
    const wanted = { title, status: "in_progress", categories: [sun, garden] } as const
    const task = value(create(newTaskId(), userId, wanted, at(5)))
    assert.deepStrictEqual([task.status, task.categories, task.version], ["in_progress", [garden, sun], 1])
    const refusal = error(create(newTaskId(), userId, { title, categories: many(101) }, at(5)))
    assert.strictEqual(refusal._tag, "CategoryLimitReached")
  })

  it("are taken off once, which raises the version", () => {
    const both = makeTask(userId, { categories: [garden, kitchen] })
    const one = value(removeCategory(both, garden.id, at(1)))
    assert.deepStrictEqual(one, { ...both, categories: [kitchen], version: Version.make(2), updatedAt: at(1) })
    const refusal = error(removeCategory(one, garden.id, at(2)))
    assert.strictEqual(refusal._tag, "CategoryNotAssigned")
    assert.strictEqual(refusal.categoryId, garden.id)
  })
})

describe("deleting and restoring", () => {
  it("keeps the task as it was, and brings it back as a change", () => {
    const task = makeTask(userId, { version: Version.make(7) })
    const deleted = { task, deletedAt: at(10) }
    assert.deepStrictEqual(deleted, { task, deletedAt: at(10) })
    assert.deepStrictEqual(restore(deleted, at(20)), { ...task, version: Version.make(8), updatedAt: at(20) })
  })
})
