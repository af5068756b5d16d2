/** Describes the tools to the assistant. */
import { Schema } from "effect"
import { Tool, Toolkit } from "effect/ai"
import { CreateTask, UpdateTask } from "taskwright/application"
import { Page, Task, Timestamp } from "taskwright/domain"

/** Why a use case failed, and the current task if that is the reason. */
const Refusal = Schema.Struct({ refused: Schema.String, current: Schema.optionalKey(Task.Task) })

// A tool takes the input of its use case, without the user: the assistant cannot choose the owner of the tasks.
const { title, description, priority } = CreateTask.fields
const { userId: _, ...changes } = UpdateTask.fields
const { taskId, status } = changes
const dueDate = Schema.optional(Schema.NullOr(Timestamp.TimestampFromRfc3339))

const list = Tool.make("list_tasks", {
  description: "Lists tasks by due date, 20 a page. Tasks without a due date come last.",
  parameters: Schema.Struct({ status, priority, page: Schema.optional(Page.PageNumber) }),
  success: Schema.Struct({ data: Schema.Array(Task.Task), total: Schema.Int }),
}).annotate(Tool.Readonly, true)

const create = Tool.make("create_task", {
  description: "Creates a pending task. A due date is RFC 3339 and in the future.",
  parameters: Schema.Struct({ title, description, priority, dueDate }),
  success: Task.Task,
  failure: Refusal,
}).annotate(Tool.Strict, true)

const update = Tool.make("update_task", {
  description: "Changes the given fields of a task if it still has the version that you read; null clears a field.",
  parameters: Schema.Struct({ ...changes, dueDate }),
  success: Task.Task,
  failure: Refusal,
}).annotate(Tool.Strict, true)

const complete = Tool.make("complete_task", {
  description: "Completes a task, whatever its version.",
  parameters: Schema.Struct({ taskId }),
  success: Task.Task,
  failure: Refusal,
})

const remove = Tool.make("delete_task", {
  description: "Deletes a task.",
  parameters: Schema.Struct({ taskId }),
  success: Schema.Struct({ deleted: taskId }),
  failure: Refusal,
})

export const tools = Toolkit.make(list, create, update, complete, remove)
