/** Defines the JSON form of a task, and how to make it from the domain's. */
import { Schema } from "effect"
import { type Task, TaskPriority, TaskStatus } from "../../../../domain/tasks/Task.ts"
import { CategoryResource, toCategoryResource } from "./CategoryResource.ts"
import { IdString, TimestampString, taskIdExample, userIdExample } from "./SchemaAnnotations.ts"

/** A task, as responses contain it. */
export const TaskResource = Schema.Struct({
  id: IdString("task", taskIdExample),
  user_id: IdString("owner", userIdExample),
  title: Schema.String.annotate({ examples: ["Buy milk"] }),
  description: Schema.NullOr(Schema.String.annotate({ examples: ["Two bottles, oat."] })),
  status: TaskStatus,
  priority: TaskPriority,
  due_date: Schema.NullOr(TimestampString),
  categories: Schema.Array(CategoryResource),
  version: Schema.Int.annotate({ description: "Raised by every change; a PATCH names it.", examples: [2] }),
  created_at: TimestampString,
  updated_at: TimestampString,
}).annotate({ identifier: "Task" })
export interface TaskResource extends Schema.Schema.Type<typeof TaskResource> {}

export const toTaskResource = (task: Task): TaskResource => ({
  id: task.id,
  user_id: task.userId,
  title: task.title,
  description: task.description,
  status: task.status,
  priority: task.priority,
  due_date: task.dueDate,
  categories: task.categories.map(toCategoryResource),
  version: task.version,
  created_at: task.createdAt,
  updated_at: task.updatedAt,
})
