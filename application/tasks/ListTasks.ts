/** The use case that lists a user's tasks. */
import { Schema } from "effect"
import { defaultPageLimit, firstPage, PageLimit, PageNumber } from "../../domain/shared/Page.ts"
import { useCase } from "../shared/UseCase.ts"
import { listFields, selectionOf } from "./ListFields.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ListTasks = Schema.Struct({
  ...listFields,
  /** The first page by default. */
  page: Schema.optional(PageNumber),
  limit: Schema.optional(PageLimit),
})
export interface ListTasks extends Schema.Schema.Type<typeof ListTasks> {}

/**
 * Returns one page of the user's tasks, and when the relative dates of its filter were read. Where the store says so, it has the
 * number of the user's newest change (`latest`). Fails with `InvalidFilter`, and with `UnknownTimeZone`.
 */
export const listTasks = useCase("listTasks")(function* (command: ListTasks) {
  const tasks = yield* TaskRepository
  const { evaluatedAt, selection } = yield* selectionOf(command)
  const page = yield* tasks.list(command.userId, {
    ...selection,
    page: command.page ?? firstPage,
    limit: command.limit ?? defaultPageLimit,
  })
  return { ...page, evaluatedAt }
})
