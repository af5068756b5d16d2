/** The tool that changes tasks. */
import { Effect, Schema } from "effect"
import type { BatchOperation } from "../../../application/batch/BatchOperation.ts"
import { type Present, runPlan } from "../../../application/batch/RunPlan.ts"
import { listOf, objectOf, optional, required, type ValuesOf } from "../schema/Arguments.ts"
import {
  categoryNames,
  maxTasks,
  maxUnconfirmed,
  optionalFields,
  optionalTitle,
  taskId,
  version,
  writeOptions,
} from "../schema/TaskArguments.ts"
import { writeTool } from "../Tool.ts"
import { InvalidArguments } from "../ToolErrors.ts"
import { presentPlan, writeSchema } from "../WriteAnswers.ts"
import { type CategoryNames, makeCategoryNames, withNewCategories } from "./CategoryNames.ts"
import { requireDistinct } from "./DistinctTasks.ts"

const clearable = ["description", "due_date"] as const
const clear = listOf(
  { schema: Schema.Literals(clearable), json: { type: "string", enum: clearable } },
  [0, clearable.length],
  "Fields to empty; null elsewhere means unchanged",
)

const itemFields = {
  id: taskId,
  version,
  title: optionalTitle,
  ...optionalFields,
  clear: optional(clear.schema, clear.json),
  add_categories: categoryNames("Names; missing ones are created"),
  remove_categories: categoryNames(),
}
type Item = ValuesOf<typeof itemFields>

const items = listOf(objectOf(itemFields), [1, maxTasks])
const fields = { changes: required(items.schema, items.json), ...writeOptions }

export const changeTasks = writeTool({
  name: "change_tasks",
  title: "Change tasks",
  description: `Change 1 to ${maxTasks} tasks, all or none. Changes by others since your version are kept unless they touch the same field. More than ${maxUnconfirmed}: the first call returns a plan with a token to confirm.`,
  scopes: ["tasks:write"],
  input: objectOf(fields),
  outputSchema: writeSchema,
  isDestructive: false,
  write: ({ changes, confirm, dry_run }, { identity }, request) => {
    const taskIds = changes.map(({ id }) => id)
    const empty = changes.findIndex(isEmpty)
    if (empty !== -1) {
      return Effect.fail(
        new InvalidArguments({ errors: [{ path: `changes.${empty}`, message: "must name something to change" }] }),
      )
    }
    return requireDistinct("changes", taskIds, () =>
      runPlan({
        userId: identity.userId,
        taskIds,
        request,
        needsConfirmation: changes.length > maxUnconfirmed,
        confirmation: confirm ?? null,
        isDryRun: dry_run === true,
        decide: (present) => {
          const names = makeCategoryNames(present)
          const operations = changes.flatMap((change) => operationsOf(change, present, names))
          return withNewCategories(names, operations, identity)
        },
      }),
    )
  },
  present: (result, { changes }) =>
    presentPlan(result, (operation) =>
      "taskId" in operation ? changes.findIndex(({ id }) => id === operation.taskId) : null,
    ),
})

/** Returns the fields that the item changes. */
const patchOf = ({ clear, description, due_date, priority, status, title }: Item) => ({
  ...(title != null && { title }),
  ...(description != null && { description }),
  ...(status != null && { status }),
  ...(priority != null && { priority }),
  ...(due_date != null && { dueDate: due_date }),
  ...(clear?.includes("description") === true && { description: null }),
  ...(clear?.includes("due_date") === true && { dueDate: null }),
})

const isEmpty = (item: Item): boolean =>
  Object.keys(patchOf(item)).length === 0 && !item.add_categories?.length && !item.remove_categories?.length

/**
 * Returns the operations of one item. Categories are sets: one that the task has is not added again, and one that it does
 * not have need not be taken off.
 */
const operationsOf = (item: Item, { tasks }: Present, names: CategoryNames): ReadonlyArray<BatchOperation> => {
  const { id: taskId, version } = item
  const patch = patchOf(item)
  const assigned: ReadonlyArray<string> = tasks.get(taskId)?.values.categoryIds ?? []
  const added = [...new Set((item.add_categories ?? []).map(names.findOrCreate))].filter(
    (target) => !assigned.includes(target),
  )
  const removed = [...new Set((item.remove_categories ?? []).flatMap((name) => names.find(name) ?? []))].filter(
    (target) => assigned.includes(target) && !added.includes(target),
  )
  // Without a field to change, this reads the task: a missing one is refused, and its version is in the result.
  const read: BatchOperation = { _tag: "UpdateTask", taskId, version: "any" }
  const update: BatchOperation =
    Object.keys(patch).length === 0 ? read : { _tag: "UpdateTask", taskId, version, onConflict: "merge", ...patch }
  return [
    update,
    ...removed.map((categoryId): BatchOperation => ({ _tag: "RemoveCategory", taskId, categoryId })),
    ...added.map((categoryId): BatchOperation => ({ _tag: "AssignCategory", taskId, categoryId })),
    ...(removed.length > 0 && added.length === 0 ? [read] : []),
  ]
}
