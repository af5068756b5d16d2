/** Holds undo of an edited task to what each value is taken back to, and to what blocks it. */
import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { batch, planUndo, undoIn } from "../../support/changeModel.ts"
import { at } from "../../support/entities.ts"
import {
  buy,
  by,
  byOther,
  call,
  category,
  categoryId,
  createCategory,
  createIn,
  createTask,
  deleteCategory,
  deleteTask,
  edit,
  given,
  home,
  inBatch,
  nothing,
  other,
  partially,
  refusal,
  skipped,
  target,
  task,
  taskId,
  toggle,
  undo,
  user,
  values,
  water,
  work,
} from "./undoCases.ts"

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
