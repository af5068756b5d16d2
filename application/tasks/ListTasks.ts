/** The use case that lists a user's tasks. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { defaultPageLimit, firstPage, PageLimit, PageNumber } from "../../domain/shared/Page.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { TaskPriority, TaskStatus } from "../../domain/tasks/TaskFields.ts"
import { defaultOrder, defaultSort, SortOrder, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ListTasks = Schema.Struct({
  userId: UserId,
  status: Schema.optional(TaskStatus),
  priority: Schema.optional(TaskPriority),
  categoryId: Schema.optional(CategoryId),
  dueFrom: Schema.optional(Timestamp),
  dueTo: Schema.optional(Timestamp),
  /** The newest task comes first by default. */
  sort: Schema.optional(TaskSort),
  order: Schema.optional(SortOrder),
  /** The first page by default. */
  page: Schema.optional(PageNumber),
  limit: Schema.optional(PageLimit),
})
export interface ListTasks extends Schema.Schema.Type<typeof ListTasks> {}

/** Returns one page of the user's tasks. */
export const listTasks = Effect.fn("listTasks")(function* (command: ListTasks) {
  const tasks = yield* TaskRepository
  return yield* tasks.list(command.userId, {
    ...command,
    sort: command.sort ?? defaultSort,
    order: command.order ?? defaultOrder,
    page: command.page ?? firstPage,
    limit: command.limit ?? defaultPageLimit,
  })
})
