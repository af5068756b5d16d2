/** What a change of a task says of its fields. */
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskFields } from "../../domain/tasks/TaskFields.ts"
import type { RecordedChange } from "./RecordedChange.ts"
import { fieldColumns } from "./TaskColumns.ts"

const fields = Object.entries(fieldColumns) as ReadonlyArray<readonly [field: keyof TaskFields, name: string]>

/** Returns the change of a new task. */
export const createdTask = (task: Task): RecordedChange => {
  const after: Record<string, unknown> = {}
  for (const [field, name] of fields) after[name] = task[field]
  after["category_ids"] = task.categories.map(({ id }) => id).sort()
  return { at: task.updatedAt, before: null, after }
}

/** Returns the change from one version of a task to the next, without its categories. It is empty if no field differs. */
export const changedTask = (from: Task, to: Task): RecordedChange & { readonly isEmpty: boolean } => {
  const before: Record<string, unknown> = {}
  const after: Record<string, unknown> = {}
  let isEmpty = true
  for (const [field, name] of fields) {
    if (from[field] === to[field]) continue
    before[name] = from[field]
    after[name] = to[field]
    isEmpty = false
  }
  return { at: to.updatedAt, before, after, isEmpty }
}
