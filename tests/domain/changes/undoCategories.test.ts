/** Holds undo of categories to their names, their assignments and what blocks it. */
import { describe, expect, it } from "@effect/vitest"
import { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import { emptyWorld, type Operation } from "../../support/changeModel.ts"
import {
  byOther,
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
  other,
  partially,
  refusal,
  rename,
  task,
  toggle,
  undo,
  values,
  water,
  work,
} from "./undoCases.ts"

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
