/** Holds the order and the filters of task lists to the contract. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { TaskPriority } from "../../domain/tasks/TaskFields.ts"
import { comparator, matches, SortOrder, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { at, makeCategory, makeQuery, makeTask, newUserId } from "../support/entities.ts"

const userId = newUserId()
const moment = Schema.Literals([0, 1, 2])
const task = Arbitrary.map(
  Arbitrary.schema(
    Schema.Struct({ createdAt: moment, updatedAt: moment, dueDate: Schema.NullOr(moment), priority: TaskPriority }),
  ),
  (shape) =>
    makeTask(userId, {
      createdAt: at(shape.createdAt),
      updatedAt: at(shape.updatedAt),
      dueDate: shape.dueDate === null ? null : at(shape.dueDate),
      priority: shape.priority,
    }),
)
const anyOrder = Schema.Struct({ sort: TaskSort, order: SortOrder })

describe("comparator", () => {
  it.prop(
    "is a total order",
    [anyOrder, task, task, task],
    ([query, a, b, c]) => {
      const compare = comparator(query)
      expect(Math.abs(compare(a, a))).toBe(0)
      expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)))
      expect(Math.abs(compare(a, b)), "two tasks never tie").not.toBe(0)
      if (compare(a, b) < 0 && compare(b, c) < 0) expect(compare(a, c)).toBeLessThan(0)
    },
    { arbitrary: { runs: 1000 } },
  )

  it.prop(
    "turns round with the order, but for tasks without a due date",
    [Schema.Struct({ sort: TaskSort }), task, task],
    ([{ sort }, a, b]) => {
      if (sort === "due_date" && (a.dueDate === null) !== (b.dueDate === null)) return
      const [up, down] = [comparator({ sort, order: "asc" }), comparator({ sort, order: "desc" })]
      expect(Math.sign(up(a, b))).toBe(-Math.sign(down(a, b)))
    },
  )

  it("puts a task without a due date last, either way", () => {
    const [due, open] = [makeTask(userId, { dueDate: at(5) }), makeTask(userId)]
    for (const order of SortOrder.literals) {
      const sorted = [open, due].sort(comparator({ sort: "due_date", order }))
      expect(sorted).toStrictEqual([due, open])
    }
  })

  it("sorts priorities from low to high, not by their letters", () => {
    const tasks = (["high", "low", "medium"] as const).map((priority) => makeTask(userId, { priority }))
    const sorted = [...tasks].sort(comparator({ sort: "priority", order: "asc" }))
    expect(sorted.map(({ priority }) => priority)).toStrictEqual(["low", "medium", "high"])
  })

  it("settles ties by id, in the same direction", () => {
    const tasks = [makeTask(userId), makeTask(userId), makeTask(userId)]
    for (const sort of TaskSort.literals) {
      expect([...tasks].reverse().sort(comparator({ sort, order: "asc" }))).toStrictEqual(tasks)
      expect([...tasks].sort(comparator({ sort, order: "desc" }))).toStrictEqual([...tasks].reverse())
    }
  })
})

describe("matches", () => {
  const category = makeCategory(userId)
  const due = makeTask(userId, { status: "in_progress", priority: "high", dueDate: at(10), categories: [category] })

  it("lets every task pass without a condition", () => {
    expect(matches(makeQuery(), due)).toBe(true)
    expect(matches(makeQuery(), makeTask(userId))).toBe(true)
  })

  it.each([
    { condition: { status: ["in_progress"] }, passes: true },
    { condition: { status: ["pending"] }, passes: false },
    { condition: { priority: ["high"] }, passes: true },
    { condition: { priority: ["low"] }, passes: false },
    { condition: { categoryId: category.id }, passes: true },
    { condition: { categoryId: makeCategory(userId).id }, passes: false },
    { condition: { dueFrom: at(10) }, passes: true },
    { condition: { dueFrom: at(10.001) }, passes: false },
    { condition: { dueTo: at(10) }, passes: true },
    { condition: { dueTo: at(9.999) }, passes: false },
    { condition: { status: ["in_progress"], priority: ["low"] }, passes: false },
  ] as const)("$condition: $passes", ({ condition, passes }) => {
    expect(matches(makeQuery(condition), due)).toBe(passes)
  })

  it("leaves a task without a due date out of a list with a bound", () => {
    expect(matches(makeQuery({ dueFrom: at(0) }), makeTask(userId))).toBe(false)
    expect(matches(makeQuery({ dueTo: at(0) }), makeTask(userId))).toBe(false)
  })
})
