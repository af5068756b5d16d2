/** Holds tasks to their fields, their versions and their status changes. */
import { describe, expect, it } from "@effect/vitest"
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
} from "../../domain/tasks/Task.ts"
import { TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../domain/tasks/TaskFields.ts"
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
    expect(value(create(id, userId, { title }, at(5)))).toStrictEqual({
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
    expect([task.description, task.priority, task.dueDate]).toStrictEqual([description, "high", at(6)])
  })

  it("refuses a due date that is not in the future, to the millisecond", () => {
    expect(Result.isSuccess(create(newTaskId(), userId, { title, dueDate: at(5.001) }, at(5)))).toBe(true)
    for (const dueDate of [at(5), at(4.999)]) {
      const refusal = error(create(newTaskId(), userId, { title, dueDate }, at(5)))
      expect(refusal._tag).toBe("DueDateNotInFuture")
      if (refusal._tag === "DueDateNotInFuture") expect(refusal.dueDate).toBe(dueDate)
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
    expect(value(change(before, {}, at(5)))).toBe(before)
    expect(value(change(before, { title: undefined, dueDate: undefined }, at(5)))).toBe(before)
  })

  it("clears with null, and leaves alone what is absent", () => {
    expect(value(change(before, { description: null, dueDate: null }, at(5)))).toStrictEqual({
      ...before,
      description: null,
      dueDate: null,
      version: Version.make(2),
      updatedAt: at(5),
    })
    expect(value(change(before, { status: "completed" }, at(5)))).toStrictEqual({
      ...before,
      status: "completed",
      version: Version.make(2),
      updatedAt: at(5),
    })
  })

  it("keeps the task and its version where every value is the stored one", () => {
    const { description, dueDate, priority, status, title } = before
    for (const same of [{ title }, { description }, { dueDate }, { description, dueDate, priority, status, title }]) {
      expect(value(change(before, same, at(5)))).toBe(before)
    }
    expect(value(change(before, { title, priority: "high" }, at(5))).version).toBe(2)
  })

  it("looks at a due date only when it differs from the stored one", () => {
    const overdue = makeTask(userId, { dueDate: at(1) })
    expect(value(change(overdue, { status: "completed" }, at(5))).dueDate).toBe(at(1))
    expect(value(change(overdue, { dueDate: at(1) }, at(5)))).toBe(overdue)
    const completed = value(change(overdue, { status: "completed", dueDate: at(1) }, at(5)))
    expect([completed.status, completed.dueDate, completed.version]).toStrictEqual(["completed", at(1), 2])
    expect(error(change(overdue, { dueDate: at(2) }, at(5)))._tag).toBe("DueDateNotInFuture")
    expect(error(change(overdue, { dueDate: at(5) }, at(5)))._tag).toBe("DueDateNotInFuture")
  })

  it.prop("changes what it is told to, raises the version by one, and touches nothing else", [changes], ([wanted]) => {
    const isPast = typeof wanted.dueDate === "string" && wanted.dueDate <= at(5)
    const result = change(before, wanted, at(5))
    expect(Result.isFailure(result)).toBe(isPast)
    if (Result.isFailure(result)) return
    const given = Object.fromEntries(Object.entries(wanted).filter(([, field]) => field !== undefined))
    const isChange = Object.entries(given).some(([name, field]) => Reflect.get(before, name) !== field)
    const expected = isChange ? { ...before, ...given, version: Version.make(2), updatedAt: at(5) } : before
    expect(result.success).toStrictEqual(expected)
  })
})

describe("expectVersion", () => {
  const task = makeTask(userId, { version: Version.make(3) })

  it("lets the version that is stored pass, and shows the task to every other", () => {
    expect(value(expectVersion(task, Version.make(3)))).toBe(task)
    expect(value(expectVersion(task, "any"))).toBe(task)
    expect(
      value(
        expectVersion(
          task,
          [2, 3].map((version) => Version.make(version)),
        ),
      ),
    ).toBe(task)
    expect(error(expectVersion(task, []))._tag).toBe("VersionConflict")
    for (const version of [2, 4]) {
      const refusal = error(expectVersion(task, Version.make(version)))
      expect(refusal._tag).toBe("VersionConflict")
      expect(refusal.current).toBe(task)
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
    expect(three).toStrictEqual({
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
    expect(refusal._tag).toBe("CategoryAlreadyAssigned")
    if (refusal._tag === "CategoryAlreadyAssigned") expect(refusal.categoryId).toBe(garden.id)
  })

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => makeCategory(userId, { name: CategoryName.make(`Label ${index}`) }))

  it("are 100 at most, and a task that has more keeps them", () => {
    const nearly = makeTask(userId, { categories: many(maxTaskCategories - 1) })
    const full = value(assignCategory(nearly, garden, at(1)))
    expect(full.categories.length).toBe(100)
    const refusal = error(assignCategory(full, kitchen, at(2)))
    expect(refusal).toMatchObject({ _tag: "CategoryLimitReached", of: "task", limit: 100 })
    expect(error(assignCategory(full, garden, at(2)))._tag).toBe("CategoryAlreadyAssigned")

    const older = makeTask(userId, { categories: many(maxTaskCategories + 20) })
    expect(value(change(older, { status: "completed" }, at(1))).categories.length).toBe(120)
    const [first] = older.categories
    expect(value(removeCategory(older, first?.id ?? garden.id, at(1))).categories.length).toBe(119)
    expect(error(assignCategory(older, garden, at(1)))._tag).toBe("CategoryLimitReached")
  })

  it("and a status are given to a new task", () => {
    const wanted = { title, status: "in_progress", categories: [sun, garden] } as const
    const task = value(create(newTaskId(), userId, wanted, at(5)))
    expect([task.status, task.categories, task.version]).toStrictEqual(["in_progress", [garden, sun], 1])
    const refusal = error(create(newTaskId(), userId, { title, categories: many(101) }, at(5)))
    expect(refusal._tag).toBe("CategoryLimitReached")
  })

  it("are taken off once, which raises the version", () => {
    const both = makeTask(userId, { categories: [garden, kitchen] })
    const one = value(removeCategory(both, garden.id, at(1)))
    expect(one).toStrictEqual({ ...both, categories: [kitchen], version: Version.make(2), updatedAt: at(1) })
    const refusal = error(removeCategory(one, garden.id, at(2)))
    expect(refusal._tag).toBe("CategoryNotAssigned")
    expect(refusal.categoryId).toBe(garden.id)
  })
})

describe("deleting and restoring", () => {
  it("keeps the task as it was, and brings it back as a change", () => {
    const task = makeTask(userId, { version: Version.make(7) })
    const deleted = { task, deletedAt: at(10) }
    expect(deleted).toStrictEqual({ task, deletedAt: at(10) })
    expect(restore(deleted, at(20))).toStrictEqual({ ...task, version: Version.make(8), updatedAt: at(20) })
  })
})
