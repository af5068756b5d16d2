/** The answers to writes: what was done or would be done, how to confirm it, and how to take it back. */
import { Result } from "effect"
import type { BatchOperation } from "../../application/batch/BatchOperation.ts"
import type { PlanOutcome } from "../../application/batch/RunPlan.ts"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { shorten } from "./AnswerLimit.ts"
import type { JsonSchema } from "./schema/Arguments.ts"
import { answerSchema, listSchema, notice, noticeSchema, types } from "./TaskAnswers.ts"

/** How much of a title the result of a write shows. */
const maxTitleCharacters = 60

const objectOrNull: JsonSchema = { type: ["object", "null"] }

/** How to take the batch back, or null. */
export const undoSchema = objectOrNull

/** The schema of the answers to all writes of tasks. */
export const writeSchema = answerSchema({
  notice: noticeSchema,
  applied: types.boolean,
  results: listSchema(types.object),
  "new_categories?": listSchema(types.text),
  "declined?": types.boolean,
  confirm: objectOrNull,
  undo: undoSchema,
})

/** How to take the batch back; null if nothing was written. */
export const undoOf = (batchId: BatchId | null) =>
  batchId === null ? null : { batch_id: batchId, how: "Call undo with this batch_id." }

/**
 * Returns the answer. `itemOf` returns the index of the item that an operation belongs to, or null. The last operation of an item has its
 * result.
 */
export const presentPlan = (
  { confirmation, operations, outcome, present }: PlanOutcome,
  itemOf: (operation: BatchOperation) => number | null,
) => {
  const results = new Map<number, Record<string, unknown>>()
  const newCategories: Array<string> = []
  for (const [position, result] of outcome.results.entries()) {
    if (Result.isFailure(result)) continue
    const { success } = result
    const operation = operations[position]
    const index = operation === undefined ? null : itemOf(operation)
    if (success._tag === "Category" && success.isNew) newCategories.push(success.category.name)
    if (index === null) continue
    if (success._tag === "Task") {
      const { merged, task } = success
      const before = results.get(index)
      results.set(index, {
        index,
        // The id of a task that is only planned belongs to no task.
        ...((outcome.isApplied || !success.isNew) && { id: task.id }),
        title: shorten(task.title, maxTitleCharacters),
        version: task.version,
        ...((merged !== null || before?.["merged"] === true) && { merged: true }),
      })
    }
    if (operation?._tag === "DeleteTask") {
      const title = present.tasks.get(operation.taskId as TaskId)?.values.title ?? ""
      results.set(index, {
        index,
        id: operation.taskId,
        title: shorten(title, maxTitleCharacters),
        deleted: true,
      })
    }
  }
  return {
    notice,
    applied: outcome.isApplied,
    results: [...results.values()],
    ...(newCategories.length > 0 && { new_categories: newCategories }),
    confirm: confirmation && {
      token: confirmation.text,
      expires_at: confirmation.expiresAt,
      how: "Nothing was changed. Show this plan to the user; if they agree, repeat the call with this token as confirm.",
    },
    undo: undoOf(outcome.batchId),
  }
}
