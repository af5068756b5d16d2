/** Holds changes to what two states of a task or a category differ in. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Option, Schema, Struct } from "effect"
import { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import { type Actor, ActorName } from "../../../domain/changes/Actor.ts"
import { BatchId } from "../../../domain/changes/BatchId.ts"
import { Change, changeOf, isBlanked, RequestId, SequenceNumber } from "../../../domain/changes/Change.ts"
import { ChangeId } from "../../../domain/changes/ChangeId.ts"
import { categoryState, type EntityState, TaskValues, taskState } from "../../../domain/changes/EntityState.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { TaskFields, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, makeTask, newCategoryId, newSessionId, newUserId } from "../../support/entities.ts"

const task = makeTask(newUserId(), { version: Version.make(3) })
const [garden, kitchen] = [newCategoryId(), newCategoryId()].sort()
if (garden === undefined || kitchen === undefined) throw new Error("The fixture is broken.")
const living = taskState(task, [kitchen, garden], false)
const deleted = taskState(task, [kitchen, garden], true)
const next = { ...task, version: Version.make(4) }
const subject = { entity: "task", entityId: task.id }

describe("taskState", () => {
  it("has every field that a user sets, and the categories in order", () => {
    expect(Object.keys(living.values)).toStrictEqual([...Struct.keys(TaskFields.fields), "categoryIds"])
    expect(living.values.categoryIds).toStrictEqual([garden, kitchen])
    expect(Struct.pick(living.values, Struct.keys(TaskFields.fields))).toStrictEqual(
      Struct.pick(task, Struct.keys(TaskFields.fields)),
    )
  })
})

describe("changeOf", () => {
  it("has the touched fields only, with the version after the change", () => {
    const title = TaskTitle.make("Buy oat milk")
    const change = changeOf(living, taskState({ ...next, title, dueDate: at(9) }, [garden, kitchen], false))
    expect(Option.getOrThrow(change)).toStrictEqual({
      ...subject,
      op: "updated",
      version: 4,
      before: { title: task.title, dueDate: null },
      after: { title, dueDate: at(9) },
    })
  })

  it("has the whole set of categories on either side", () => {
    const change = Option.getOrThrow(changeOf(living, taskState(next, [kitchen], false)))
    expect([change.before, change.after]).toStrictEqual([
      { categoryIds: [garden, kitchen] },
      { categoryIds: [kitchen] },
    ])
  })

  it("is none if nothing differs, whatever the order of the categories", () => {
    expect(changeOf(living, taskState(task, [garden, kitchen], false))).toStrictEqual(Option.none())
    expect(changeOf(null, null)).toStrictEqual(Option.none())
    expect(changeOf(null, deleted)).toStrictEqual(Option.none())
    expect(changeOf(deleted, deleted)).toStrictEqual(Option.none())
  })

  it.each([
    ["created", null, living, { version: 3, before: null, after: living.values }],
    ["deleted", living, deleted, { version: 3, before: null, after: null }],
    ["restored", deleted, taskState(next, [garden, kitchen], false), { version: 4, before: null, after: null }],
    ["purged", deleted, null, { version: null, before: null, after: null }],
    ["purged", living, null, { version: null, before: null, after: null }],
  ])("is %s", (op, before, after, rest) => {
    expect(Option.getOrThrow(changeOf(before, after))).toStrictEqual({ ...subject, op, ...rest })
  })

  it("keeps what else differs when a task is restored", () => {
    const change = Option.getOrThrow(
      changeOf(deleted, taskState({ ...next, priority: "high" }, [garden, kitchen], false)),
    )
    expect([change.op, change.before, change.after]).toStrictEqual([
      "restored",
      { priority: "medium" },
      { priority: "high" },
    ])
  })

  it("describes a category in the same way", () => {
    const category = { id: newCategoryId(), name: CategoryName.make("Home"), color: null, version: Version.make(1) }
    const color = CategoryColor.make("#A0B0C0")
    const change = changeOf(
      categoryState(category, false),
      categoryState({ ...category, color, version: Version.make(2) }, false),
    )
    expect(Option.getOrThrow(change)).toStrictEqual({
      entity: "category",
      entityId: category.id,
      op: "updated",
      version: 2,
      before: { color: null },
      after: { color },
    })
  })

  const values = Arbitrary.schema(TaskValues)
  const state = ({ categoryIds, ...fields }: TaskValues, version: number): EntityState<"task"> =>
    taskState({ ...fields, id: task.id, version: Version.make(version) }, categoryIds, false)

  it.prop("leads from the first state to the second, and back", [values, values], ([one, other]) => {
    const [before, after] = [state(one, 1), state(other, 2)]
    const change = changeOf(before, after)
    expect({ ...before.values, ...Option.getOrNull(change)?.after }).toStrictEqual(after.values)
    expect({ ...after.values, ...Option.getOrNull(change)?.before }).toStrictEqual(before.values)
    if (Option.isSome(change)) {
      expect(Object.keys(change.value.before ?? {})).toStrictEqual(Object.keys(change.value.after ?? {}))
      expect(Object.keys(change.value.after ?? {}).length).toBeGreaterThan(0)
    }
  })

  it.prop("is none between equal states", [values], ([any]) => {
    expect(changeOf(state(any, 1), state(structuredClone(any), 2))).toStrictEqual(Option.none())
  })
})

describe("isBlanked", () => {
  const blank = {
    ...subject,
    entity: "task",
    entityId: task.id,
    version: Version.make(1),
    before: null,
    after: null,
  } as const

  it("holds for a change of values without values", () => {
    expect(isBlanked({ ...blank, op: "created" })).toBe(true)
    expect(isBlanked({ ...blank, op: "updated" })).toBe(true)
    for (const op of ["deleted", "restored", "purged"] as const) expect(isBlanked({ ...blank, op })).toBe(false)
    expect(isBlanked({ ...blank, op: "created", after: living.values })).toBe(false)
  })
})

describe("the schema of a change", () => {
  const origin = {
    seq: SequenceNumber.make(7),
    id: ChangeId.make(newCategoryId()),
    at: at(0),
    requestId: RequestId.make("curl-1"),
    batchId: BatchId.make(newCategoryId()),
    undoes: null,
  }
  const name = ActorName.make("claude")

  it.each<[string, Actor]>([
    ["a session", { kind: "session", id: newSessionId(), name: null }],
    ["a token", { kind: "token", id: newCategoryId(), name }],
    ["a job", { kind: "system", id: null, name }],
  ])("reads what it wrote of %s", (_, actor) => {
    const renamed = taskState({ ...next, title: TaskTitle.make("Buy oat milk") }, [garden], false)
    for (const [before, after] of [
      [null, living],
      [living, renamed],
      [living, deleted],
      [deleted, living],
      [deleted, null],
    ] as const) {
      const change = { ...origin, actor, ...Option.getOrThrow(changeOf(before, after)) }
      expect(Schema.decodeUnknownSync(Change)(JSON.parse(JSON.stringify(change)))).toStrictEqual(change)
    }
  })
})
