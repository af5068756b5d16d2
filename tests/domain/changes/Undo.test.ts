/** Holds undo to the contract's table: what each kind of change is taken back to, and what blocks it. */
import { describe, expect, it } from "@effect/vitest"
import { Option, Result } from "effect"
import { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { type Actor, ActorName } from "../../../domain/changes/Actor.ts"
import type { TaskValues } from "../../../domain/changes/EntityState.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import {
  batch,
  emptyWorld,
  type Operation,
  perform,
  performAll,
  planUndo,
  purgeTask,
  undoIn,
  type World,
} from "../../support/changeModel.ts"
import { at, newSessionId } from "../../support/entities.ts"

const user: Actor = { kind: "session", id: newSessionId(), name: null }
const other: Actor = { kind: "token", id: "0199e0a1-0000-7000-8000-000000000001", name: ActorName.make("claude") }
const [buy, water, call] = ["Buy milk", "Water the plants", "Call Ada"].map((title) => TaskTitle.make(title))
const [home, work] = ["Home", "Work"].map((name) => CategoryName.make(name))
if (!buy || !water || !call || !home || !work) throw new Error("The fixture is broken.")

const values: TaskValues = {
  title: buy,
  description: null,
  status: "pending",
  priority: "medium",
  dueDate: null,
  categoryIds: [],
}
const createTask: Operation = { do: "createTask", values, categories: [] }
const createIn = (...categories: ReadonlyArray<number>): Operation => ({ do: "createTask", values, categories })
const edit = (patch: Partial<TaskValues>, task = 0): Operation => ({ do: "updateTask", task, patch })
const toggle = (category: number, task = 0): Operation => ({ do: "toggleCategory", task, category })
const createCategory = (name: CategoryName): Operation => ({ do: "createCategory", values: { name, color: null } })
const rename = (category: number, name: CategoryName): Operation => ({
  do: "updateCategory",
  category,
  patch: { name },
})
const deleteTask: Operation = { do: "deleteTask", task: 0 }
const restoreTask: Operation = { do: "restoreTask", task: 0 }
const deleteCategory = (category: number): Operation => ({ do: "deleteCategory", category })

/** What was there before, in a batch of its own. */
const given = (...operations: ReadonlyArray<Operation>): World => performAll(emptyWorld, operations, by(user, 0))
const by = (actor: Actor, number: number) => ({ actor, batchId: batch(number) })
const inBatch = (world: World, number: number, ...operations: ReadonlyArray<Operation>): World =>
  performAll(world, operations, by(user, number))
/** Another hand's writes, each in a batch of its own. */
const byOther = (world: World, ...operations: ReadonlyArray<Operation>): World =>
  operations.reduce((before, operation) => perform(before, operation, by(other, 50 + before.log.length)), world)

const target = (number: number): UndoTarget => UndoTarget.Batch({ batchId: batch(number) })
const undo = (world: World, number = 1): World => undoIn(world, target(number), by(user, 100 + number))
const partially = (world: World, number = 1): World => undoIn(world, target(number), by(user, 100 + number), true)
const refusal = (world: World, number = 1) => Result.getOrThrow(Result.flip(planUndo(world, target(number))))
const skipped = (world: World, number = 1) => Result.getOrThrow(planUndo(world, target(number), true)).skipped
const nothing = Result.succeed({ steps: [], undone: [], skipped: [] })

const taskId = (world: World, index = 0): TaskId => {
  const id = [...world.tasks.keys()][index]
  if (id === undefined) throw new Error("There is no such task.")
  return id
}
const task = (world: World, index = 0) => world.tasks.get(taskId(world, index))
const categoryId = (world: World, index = 0): CategoryId => {
  const id = [...world.categories.keys()][index]
  if (id === undefined) throw new Error("There is no such category.")
  return id
}
const category = (world: World, index = 0) => world.categories.get(categoryId(world, index))

describe("undo of a changed field", () => {
  const after = inBatch(given(createTask), 1, edit({ title: water, priority: "high" }))

  it("puts the old values back as a new change that names the old one", () => {
    const undone = undo(after)
    expect(task(undone)).toMatchObject({ values, version: 3, isDeleted: false })
    expect(undone.log.at(-1)).toMatchObject({
      op: "updated",
      before: { title: water, priority: "high" },
      after: { title: buy, priority: "medium" },
      batchId: batch(101),
      undoes: after.log.at(-1)?.id,
    })
  })

  it("has nothing to do if the old value stands already", () => {
    expect(planUndo(byOther(after, edit({ title: buy, priority: "medium" })), target(1))).toStrictEqual(nothing)
  })

  it("puts back the other field if the old value of one stands already", () => {
    expect(undo(byOther(after, edit({ title: buy }))).log.at(-1)?.before).toStrictEqual({ priority: "high" })
  })

  it("is blocked if the value is neither the new nor the old one", () => {
    const edited = byOther(after, edit({ title: call, status: "completed" }))
    expect(refusal(edited)).toMatchObject({
      _tag: "UndoConflict",
      blocked: [
        {
          changeId: after.log.at(-1)?.id,
          entity: "task",
          entityId: taskId(after),
          reason: "changed",
          fields: ["title"],
          currentVersion: 3,
          by: other,
        },
      ],
    })
    expect(skipped(edited)).toStrictEqual(refusal(edited).blocked)
    expect(task(partially(edited))?.values).toStrictEqual({ ...values, title: call, status: "completed" })
  })

  it("compares with the new value, so a value that came back is put back", () => {
    expect(task(undo(byOther(after, edit({ title: call }), edit({ title: water }))))?.values).toStrictEqual(values)
  })

  it("takes several changes as one, from the first value to the last", () => {
    const twice = inBatch(
      given(createTask),
      1,
      edit({ title: water }),
      edit({ title: call }),
      edit({ priority: "high" }),
    )
    expect(undo(twice).log).toHaveLength(twice.log.length + 1)
    expect(task(undo(twice))?.values).toStrictEqual(values)
    const back = inBatch(given(createTask), 1, edit({ title: water }), edit({ title: buy }))
    expect(planUndo(byOther(back, edit({ title: call })), target(1))).toStrictEqual(nothing)
  })

  it("may put back a due date in the past", () => {
    const due = inBatch(given(createTask, edit({ dueDate: at(-100) })), 1, edit({ dueDate: null }))
    expect(task(undo(due))?.values.dueDate).toBe(at(-100))
  })

  it("sets the fields of a task that is in the trash meanwhile", () => {
    const undone = undo(byOther(after, deleteTask))
    expect(task(undone)).toMatchObject({ values, isDeleted: true })
  })

  it("takes back one change of a batch alone", () => {
    const twice = inBatch(given(createTask), 1, edit({ title: water }), edit({ priority: "high" }))
    const changeId = twice.log.at(1)?.id
    if (changeId === undefined) throw new Error("There is no such change.")
    const undone = undoIn(twice, UndoTarget.OneChange({ changeId }), by(user, 2))
    expect(task(undone)?.values).toStrictEqual({ ...values, priority: "high" })
  })
})

describe("undo of categories on a task", () => {
  const before = given(createCategory(home), createCategory(work), createIn(0))

  it("removes what was added and adds what was removed, whatever was done to others since", () => {
    const after = inBatch(before, 1, toggle(0), toggle(1))
    expect(task(after)?.values.categoryIds).toStrictEqual([categoryId(after, 1)])
    const more = byOther(after, createCategory(CategoryName.make("Garden")), toggle(2))
    expect(task(undo(more))?.values.categoryIds).toStrictEqual([categoryId(more, 0), categoryId(more, 2)])
  })

  it("has nothing to do for what was taken back by another hand", () => {
    const after = inBatch(before, 1, toggle(0), toggle(1))
    expect(planUndo(byOther(after, toggle(0), toggle(1)), target(1))).toStrictEqual(nothing)
  })

  it("leaves a category that another hand has added, if its own addition was taken back within the batch", () => {
    const after = byOther(inBatch(before, 1, toggle(1), toggle(1)), toggle(1))
    expect(planUndo(after, target(1))).toStrictEqual(nothing)
  })

  it("leaves off a category that another hand has removed, if the batch had removed and added it", () => {
    const after = byOther(inBatch(before, 1, toggle(0), toggle(0), toggle(1)), toggle(0))
    expect(task(undo(after))?.values.categoryIds).toStrictEqual([])
  })

  it("gives a task the category that the same undo deletes again, without a word", () => {
    const hidden = inBatch(before, 0, deleteCategory(0))
    const after = inBatch(hidden, 1, { do: "restoreCategory", category: 0 }, toggle(0))
    expect(skipped(after)).toStrictEqual([])
    expect(task(undo(after))?.values.categoryIds).toStrictEqual([categoryId(after)])
  })

  it("names a category that is deleted meanwhile, and does not fail", () => {
    const after = byOther(inBatch(before, 1, toggle(0), edit({ title: water })), deleteCategory(0))
    const plan = Result.getOrThrow(planUndo(after, target(1)))
    expect(plan.skipped).toMatchObject([
      { reason: "category_gone", entityId: taskId(after), categoryIds: [categoryId(after)], fields: ["categoryIds"] },
    ])
    const undone = undo(after)
    expect(category(undone)?.isDeleted).toBe(true)
    const restored = byOther(undone, { do: "restoreCategory", category: 0 })
    expect(task(restored)?.values).toStrictEqual({ ...values, categoryIds: [categoryId(after)] })
  })

  it("gives a task the category that the same undo restores", () => {
    const after = inBatch(before, 1, toggle(0), deleteCategory(0))
    expect(skipped(after)).toStrictEqual([])
    expect(task(undo(after))?.values.categoryIds).toStrictEqual([categoryId(after)])
    expect(category(undo(after))?.isDeleted).toBe(false)
  })

  it("leaves out a category that is purged meanwhile, and names it", () => {
    const after = inBatch(before, 1, toggle(0), edit({ title: water }))
    const purged = { ...after, categories: new Map([...after.categories].slice(1)) }
    expect(skipped(purged)).toMatchObject([{ reason: "category_gone", categoryIds: [categoryId(after)] }])
    expect(task(undo(purged))?.values).toStrictEqual(values)
  })
})

describe("undo of a created task", () => {
  const after = inBatch(emptyWorld, 1, createTask, edit({ title: water }))

  it("moves it to the trash as it is", () => {
    expect(task(undo(after))).toMatchObject({ values: { ...values, title: water }, isDeleted: true })
    expect(task(undoIn(undo(after), target(101), by(user, 200)))).toMatchObject({ isDeleted: false })
  })

  it("is blocked by the work of another hand", () => {
    const edited = byOther(after, edit({ status: "completed", title: call }))
    expect(refusal(edited).blocked).toMatchObject([{ reason: "changed", fields: ["title", "status"], by: other }])
    expect(task(partially(edited))).toStrictEqual(task(edited))
  })

  it("is not blocked by work that was taken back", () => {
    const edited = byOther(after, edit({ status: "completed" }), edit({ status: "pending" }))
    expect(task(undo(edited))?.isDeleted).toBe(true)
  })

  it("has nothing to do if it is in the trash already, with the work of another hand or without", () => {
    expect(planUndo(byOther(after, deleteTask), target(1))).toStrictEqual(nothing)
    expect(planUndo(byOther(after, edit({ title: call }), deleteTask), target(1))).toStrictEqual(nothing)
  })

  it("leaves it to another hand that has restored it, if the batch had deleted it as well", () => {
    const both = inBatch(after, 1, deleteTask)
    expect(planUndo(both, target(1))).toStrictEqual(nothing)
    expect(planUndo(byOther(both, restoreTask), target(1))).toStrictEqual(nothing)
  })
})

describe("undo of a deleted task", () => {
  const after = inBatch(given(createTask), 1, edit({ title: water }), deleteTask)

  it("restores it with its old values", () => {
    expect(task(undo(after))).toMatchObject({ values, isDeleted: false })
  })

  it("puts back the values if another hand has restored it", () => {
    expect(task(undo(byOther(after, restoreTask)))).toMatchObject({ values, isDeleted: false })
  })

  it("is blocked if another hand has restored it and deleted it again", () => {
    const again = byOther(after, restoreTask, deleteTask)
    expect(refusal(again)).toMatchObject({
      _tag: "UndoConflict",
      blocked: [{ reason: "deleted_again", fields: [], by: other }],
    })
    expect(task(partially(again))).toMatchObject({ values, isDeleted: true })
  })

  it("is not blocked if another batch has restored it and deleted it again", () => {
    const again = performAll(after, [restoreTask, deleteTask], by(other, 2))
    expect(planUndo(again, target(2))).toStrictEqual(nothing)
    expect(task(undo(again))).toMatchObject({ values, isDeleted: false })
  })

  it("is not blocked if the second deletion only took back a restoration", () => {
    const undone = undo(after)
    const redone = undo(undone, 101)
    expect(task(redone)?.isDeleted).toBe(true)
    expect(task(undoIn(redone, target(1), by(user, 300)))).toMatchObject({ values, isDeleted: false })
  })
})

describe("undo of a restored task", () => {
  const before = given(createTask, deleteTask)
  const after = inBatch(before, 1, restoreTask, edit({ title: water }))

  it("moves it back to the trash with its old values", () => {
    expect(task(undo(after))).toMatchObject({ values, isDeleted: true })
  })

  it("is blocked by the work of another hand, but for the other fields", () => {
    const edited = byOther(after, edit({ status: "completed" }))
    expect(refusal(edited).blocked).toMatchObject([{ reason: "changed", fields: ["status"] }])
    expect(task(partially(edited))).toMatchObject({ values: { ...values, status: "completed" }, isDeleted: false })
  })
})

describe("undo of categories", () => {
  it("deletes a created one, and takes it off the tasks of the batch", () => {
    const after = inBatch(given(createTask), 1, createCategory(home), toggle(0), createIn(0))
    const undone = undo(after)
    expect(category(undone)?.isDeleted).toBe(true)
    expect(task(undone)?.values).toStrictEqual(values)
    expect(task(undone, 1)?.isDeleted).toBe(true)
  })

  it("is blocked if other tasks use a created one", () => {
    const after = byOther(inBatch(given(createTask), 1, createCategory(home)), toggle(0))
    expect(refusal(after)).toMatchObject({
      _tag: "UndoConflict",
      blocked: [{ entity: "category", entityId: categoryId(after), reason: "in_use" }],
    })
    expect(partially(after)).toStrictEqual(after)
  })

  it("is blocked if a task of the batch stays and uses a created one", () => {
    const after = byOther(inBatch(emptyWorld, 1, createCategory(home), createIn(0)), edit({ title: water }))
    expect(refusal(after).blocked.map(({ entity, reason }) => [entity, reason])).toStrictEqual([
      ["category", "in_use"],
      ["task", "changed"],
    ])
    expect(partially(after)).toStrictEqual(after)
  })

  it("does not count deleted tasks as users", () => {
    const after = byOther(inBatch(given(createTask), 1, createCategory(home)), toggle(0), deleteTask)
    expect(category(undo(after))?.isDeleted).toBe(true)
  })

  it("restores a deleted one, whose assignments are still there", () => {
    const before = given(createCategory(home), createIn(0))
    const undone = undo(inBatch(before, 1, deleteCategory(0)))
    expect(category(undone)?.isDeleted).toBe(false)
    expect(task(undone)).toStrictEqual(task(before))
  })

  it("is blocked if the name of a deleted one is taken", () => {
    const after = byOther(inBatch(given(createCategory(home)), 1, deleteCategory(0)), createCategory(home))
    expect(refusal(after).blocked).toMatchObject([{ entityId: categoryId(after), reason: "name_taken", fields: [] }])
    expect(partially(after)).toStrictEqual(after)
  })

  it("is blocked if the old name of a renamed one is taken, but for its colour", () => {
    const color = CategoryColor.make("#A0B0C0")
    const changed: Operation = { do: "updateCategory", category: 0, patch: { name: work, color } }
    const after = byOther(inBatch(given(createCategory(home)), 1, changed), createCategory(home))
    expect(refusal(after).blocked).toMatchObject([{ reason: "name_taken", fields: ["name"] }])
    expect(category(partially(after))?.values).toStrictEqual({ name: work, color: null })
  })

  it("is blocked if another hand has renamed a created one", () => {
    const after = byOther(inBatch(emptyWorld, 1, createCategory(home)), rename(0, work))
    expect(refusal(after).blocked).toMatchObject([{ reason: "changed", fields: ["name"], by: other }])
    expect(partially(after)).toStrictEqual(after)
  })

  it("gives a name that two deleted ones had to the one that was deleted last", () => {
    const after = inBatch(given(createCategory(home)), 1, deleteCategory(0))
    const both = inBatch(byOther(after, createCategory(home)), 1, deleteCategory(1))
    expect(refusal(both).blocked).toMatchObject([{ entityId: categoryId(both), reason: "name_taken" }])
    const undone = partially(both)
    expect([0, 1].map((index) => category(undone, index)?.isDeleted)).toStrictEqual([true, false])
  })

  it("gives names back in an order in which none is taken twice", () => {
    const after = inBatch(given(createCategory(home)), 1, rename(0, work), createCategory(home))
    const undone = undo(after)
    expect(category(undone)?.values.name).toBe(home)
    expect(category(undone, 1)?.isDeleted).toBe(true)
  })

  it("compares the last change of each for that", () => {
    const color = CategoryColor.make("#A0B0C0")
    const before = given(createCategory(home), createCategory(work))
    const after = inBatch(before, 1, { do: "updateCategory", category: 1, patch: { color } }, deleteCategory(0))
    const both = inBatch(byOther(after, rename(1, home)), 1, deleteCategory(1))
    const undone = partially(both)
    expect([0, 1].map((index) => category(undone, index)?.isDeleted)).toStrictEqual([true, false])
  })

  it("leaves no temporary name, if a deleted one wants a name of a swap", () => {
    const travel = CategoryName.make("Travel")
    const before = inBatch(given(createCategory(home), createCategory(work)), 1, rename(0, travel))
    const third = inBatch(
      byOther(before, rename(1, CategoryName.make("Garden")), createCategory(home)),
      1,
      deleteCategory(2),
    )
    const after = inBatch(byOther(third, rename(1, work)), 1, rename(1, home), rename(0, work))
    expect(refusal(after).blocked).toMatchObject([{ entityId: categoryId(after, 2), reason: "name_taken" }])
    const undone = partially(after)
    expect([0, 1, 2].map((index) => category(undone, index)?.values.name)).toStrictEqual([home, work, home])
    expect(category(undone, 2)?.isDeleted).toBe(true)
  })

  it("swaps names back over a temporary name", () => {
    const before = given(createCategory(home), createCategory(work))
    const after = inBatch(before, 1, rename(0, CategoryName.make("Travel")), rename(1, home), rename(0, work))
    expect([0, 1].map((index) => category(after, index)?.values.name)).toStrictEqual([work, home])
    const undone = undo(after)
    expect([0, 1].map((index) => category(undone, index)?.values.name)).toStrictEqual([home, work])
    expect(undone.log.length - after.log.length).toBe(3)
    expect([0, 1].map((index) => category(undo(undone, 101), index)?.values.name)).toStrictEqual([work, home])
  })
})

describe("undo of purged things", () => {
  const after = inBatch(given(createTask, createTask), 1, edit({ title: water }), edit({ title: water }, 1))
  const purged = purgeTask(after, taskId(after), by(other, 60))

  it("has expired, and a partial one does the rest", () => {
    expect(refusal(purged)).toMatchObject({
      _tag: "UndoExpired",
      blocked: [{ entityId: taskId(after), reason: "expired", currentVersion: null }],
    })
    expect(skipped(purged)).toStrictEqual(refusal(purged).blocked)
    expect(task(partially(purged))?.values).toStrictEqual(values)
  })

  it("is impossible for the purge itself, which outweighs every other reason", () => {
    const all = purgeTask(byOther(purged, edit({ title: call })), taskId(after, 1), by(user, 1))
    expect(refusal(all)).toMatchObject({
      _tag: "NotUndoable",
      blocked: [{ entityId: taskId(after, 1), reason: "purged" }],
    })
    expect(Result.getOrThrow(planUndo(all, target(1), true)).steps).toStrictEqual([])
  })
})

describe("undo of an actor's changes", () => {
  it("goes back past a value of another hand only as far as that value", () => {
    const before = given(createTask)
    const first = perform(before, edit({ title: water }), by(other, 1))
    const mine = perform(first, edit({ title: call }), by(user, 2))
    const last = perform(mine, edit({ title: TaskTitle.make("Buy tea") }), by(other, 3))
    const since = UndoTarget.SinceTime({ actor: other, since: at(0) })
    expect(Result.getOrThrow(Result.flip(planUndo(last, since))).blocked).toMatchObject([
      { reason: "changed", fields: ["title"], by: user },
    ])
    expect(task(undoIn(last, since, by(user, 4), true))?.values.title).toBe(call)
  })

  it("takes nothing of other actors, and nothing from before", () => {
    const before = perform(given(createTask), edit({ title: water }), by(other, 1))
    const after = perform(before, edit({ priority: "high" }), by(other, 2))
    const since = UndoTarget.SinceTime({ actor: other, since: at(after.log.length) })
    expect(task(undoIn(after, since, by(user, 4)))?.values).toStrictEqual({ ...values, title: water })
    const session = UndoTarget.SinceTime({ actor: { kind: "session", id: newSessionId() }, since: at(0) })
    expect(planUndo(after, session)).toStrictEqual(nothing)
  })
})

describe("undo of nothing", () => {
  it("has nothing to do", () => {
    expect(Option.getOrThrow(Result.getSuccess(planUndo(given(createTask), target(1))))).toStrictEqual({
      steps: [],
      undone: [],
      skipped: [],
    })
  })
})
