/** The fields of a task that its user sets. Commands, wire schemas, columns and exports are typed by this list. */
import { Schema, Struct } from "effect"
import { BoundedText, oneLineText } from "../shared/Text.ts"
import { Timestamp } from "../shared/Timestamp.ts"

export const TaskTitle = oneLineText(3, 200, Schema.brand("TaskTitle"))
export type TaskTitle = typeof TaskTitle.Type

export const TaskDescription = BoundedText(0, 2000).pipe(Schema.brand("TaskDescription"))
export type TaskDescription = typeof TaskDescription.Type

export const TaskStatus = Schema.Literals(["pending", "in_progress", "completed"])
export type TaskStatus = typeof TaskStatus.Type

/** From the least to the most urgent, which is the order of a list sorted by priority. */
export const TaskPriority = Schema.Literals(["low", "medium", "high"])
export type TaskPriority = typeof TaskPriority.Type

export const TaskFields = Schema.Struct({
  title: TaskTitle,
  description: Schema.NullOr(TaskDescription),
  status: TaskStatus,
  priority: TaskPriority,
  dueDate: Schema.NullOr(Timestamp),
})
export interface TaskFields extends Schema.Schema.Type<typeof TaskFields> {}

/** The fields of a change: an absent one stays unchanged, and `null` clears it. */
export const TaskChanges = TaskFields.mapFields(Struct.map(Schema.optional))
export interface TaskChanges extends Schema.Schema.Type<typeof TaskChanges> {}

/** The fields of a new task: only the title is required. */
export const NewTaskFields = Schema.Struct({ ...TaskChanges.fields, title: TaskTitle })
export interface NewTaskFields extends Schema.Schema.Type<typeof NewTaskFields> {}

/** Returns the fields of a new task, with the default of each absent one. */
export const newFields = (input: NewTaskFields): TaskFields => ({
  title: input.title,
  description: input.description ?? null,
  status: input.status ?? "pending",
  priority: input.priority ?? "medium",
  dueDate: input.dueDate ?? null,
})

/** Returns the fields after the changes. */
export const changeFields = (before: TaskFields, changes: TaskChanges): TaskFields => ({
  title: changes.title ?? before.title,
  description: changes.description === undefined ? before.description : changes.description,
  status: changes.status ?? before.status,
  priority: changes.priority ?? before.priority,
  dueDate: changes.dueDate === undefined ? before.dueDate : changes.dueDate,
})

/** The names of the fields. */
export const fieldNames = Struct.keys(TaskFields.fields)

/** Whether every field has the same value in both. */
export const hasSameFields = (one: TaskFields, other: TaskFields): boolean =>
  fieldNames.every((name) => one[name] === other[name])
