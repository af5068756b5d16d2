/** Holds places in task lists to the order of the lists, and pages to the tasks after a place. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { CursorPageLimit } from "../../domain/shared/Page.ts"
import { TaskPriority, TaskStatus } from "../../domain/tasks/TaskFields.ts"
import { isAfter, pageAfter, placeOf, type TaskPlace } from "../../domain/tasks/TaskPlace.ts"
import { comparator, matches, SortOrder, type TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { at, makeTask, newUserId } from "../support/entities.ts"

const userId = newUserId()
const moment = Schema.Literals([0, 1, 2])
const task = Arbitrary.map(
  Arbitrary.schema(
    Schema.Struct({
      createdAt: moment,
      updatedAt: moment,
      dueDate: Schema.NullOr(moment),
      priority: TaskPriority,
      status: TaskStatus,
    }),
  ),
  (shape) =>
    makeTask(userId, {
      createdAt: at(shape.createdAt),
      updatedAt: at(shape.updatedAt),
      dueDate: shape.dueDate === null ? null : at(shape.dueDate),
      priority: shape.priority,
      status: shape.status,
    }),
)
const anyOrder = Schema.Struct({ sort: TaskSort, order: SortOrder })
const limit = (items: number) => CursorPageLimit.make(items)

describe("isAfter", () => {
  it.prop(
    "agrees with the order of the list",
    [anyOrder, task, task],
    ([order, one, other]) => {
      expect(isAfter(order, placeOf(order, one), other)).toBe(comparator(order)(one, other) < 0)
      expect(isAfter(order, placeOf(order, one), one)).toBe(false)
    },
    { arbitrary: { runs: 1000 } },
  )

  it("says that a task without a due date is after every other, either way", () => {
    const [due, open] = [makeTask(userId, { dueDate: at(5) }), makeTask(userId)]
    for (const order of SortOrder.literals) {
      expect(isAfter({ sort: "due_date", order }, placeOf({ sort: "due_date" }, due), open)).toBe(true)
      expect(isAfter({ sort: "due_date", order }, placeOf({ sort: "due_date" }, open), due)).toBe(false)
    }
  })
})

const anySelection = Schema.Struct({ ...anyOrder.fields, status: Schema.UndefinedOr(Schema.Array(TaskStatus)) })
const tasks = Arbitrary.array(task, { maxLength: 24 })

/** Reads the whole list, page by page. */
const readAll = (selection: TaskSelection, all: Parameters<typeof pageAfter>[1], items: number) => {
  const pages = []
  let after: TaskPlace | null = null
  do {
    const page = pageAfter(selection, all, after, limit(items))
    pages.push(page.data)
    after = page.next
  } while (after !== null)
  return pages
}

describe("pageAfter", () => {
  it.prop(
    "divides a list into pages, each full but the last",
    [anySelection, tasks, Schema.Literals([1, 2, 3, 7, 200])],
    ([selection, all, items]) => {
      const listed = all.filter((each) => matches(selection, each)).sort(comparator(selection))
      const pages = readAll(selection, all, items)
      expect(pages.flat()).toStrictEqual(listed)
      expect(pages.length).toBe(Math.max(1, Math.ceil(listed.length / items)))
      expect(pages.slice(0, -1).every((page) => page.length === items)).toBe(true)
    },
  )

  it.prop("goes on after a task that is gone", [anyOrder, tasks], ([order, all]) => {
    const listed = [...all].sort(comparator(order))
    for (const [index, gone] of listed.entries()) {
      const rest = all.filter((each) => each !== gone)
      const { data } = pageAfter(order, rest, placeOf(order, gone), limit(200))
      expect(data).toStrictEqual(listed.slice(index + 1))
    }
  })

  it("is the empty last page of an empty list", () => {
    expect(pageAfter({ sort: "created_at", order: "desc" }, [], null, limit(1))).toStrictEqual({ data: [], next: null })
  })
})

describe("CursorPageLimit", () => {
  it.each([
    [0, false],
    [1, true],
    [200, true],
    [201, false],
    [1.5, false],
  ])("takes %d: %s", (items, isTaken) => {
    expect(Schema.is(CursorPageLimit)(items)).toBe(isTaken)
  })
})
