/** What the commands of task lists share: filters, sort and order. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { TaskPriority, TaskStatus } from "../../domain/tasks/TaskFields.ts"
import { defaultOrder, defaultSort, SortOrder, type TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"

/** The fields that say which tasks a list has, and in which order. */
export const listFields = {
  userId: UserId,
  status: Schema.optional(TaskStatus),
  priority: Schema.optional(TaskPriority),
  categoryId: Schema.optional(CategoryId),
  dueFrom: Schema.optional(Timestamp),
  dueTo: Schema.optional(Timestamp),
  /** The newest task comes first by default. */
  sort: Schema.optional(TaskSort),
  order: Schema.optional(SortOrder),
}

type ListFields = Schema.Struct.Type<typeof listFields>

/** Returns the selection of a list, with the default order if the command names none. */
export const selectionOf = (fields: ListFields): TaskSelection => ({
  ...fields,
  sort: fields.sort ?? defaultSort,
  order: fields.order ?? defaultOrder,
})
