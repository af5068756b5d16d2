/** Holds undo of created, deleted, restored and purged tasks to the state before, and to what blocks it. */
import { describe, expect, it } from "@effect/vitest"
import { Option, Result } from "effect"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { emptyWorld, perform, performAll, planUndo, purgeTask, undoIn } from "../../support/changeModel.ts"
import { at, newSessionId } from "../../support/entities.ts"
import {
  by,
  byOther,
  call,
  createTask,
  deleteTask,
  edit,
  given,
  inBatch,
  nothing,
  other,
  partially,
  refusal,
  restoreTask,
  skipped,
  target,
  task,
  taskId,
  undo,
  user,
  values,
  water,
} from "./undoCases.ts"

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
