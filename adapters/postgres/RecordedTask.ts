/** What a change of a task says of its fields. */
import { differenceOf, taskState } from "../../domain/changes/EntityState.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import { toJson } from "./ChangeColumns.ts"
import type { RecordedChange } from "./RecordedWrite.ts"

const idsOf = (task: Task) => task.categories.map(({ id }) => id)

/** Returns the change of a new task. */
export const createdTask = (task: Task): RecordedChange => ({
  at: task.createdAt,
  before: null,
  after: toJson("task", taskState(task, idsOf(task), false).values),
})

/** Returns the change from one version of a task to the next, without its categories. It is empty if no field differs. */
export const changedTask = (before: Task, after: Task): RecordedChange & { readonly isEmpty: boolean } => {
  const difference = differenceOf(taskState(before, [], false).values, taskState(after, [], false).values)
  return {
    at: after.updatedAt,
    before: toJson("task", difference.before),
    after: toJson("task", difference.after),
    isEmpty: difference.fields.length === 0,
  }
}
