/** Reads all pages of a list of tasks as one stream. */
import { Effect, Option, Stream } from "effect"
import type { TasksApi } from "../api/v1/TasksApi.ts"
import type { ClientMethods, Input } from "./ClientMethods.ts"

type ListTasks = ClientMethods<typeof TasksApi>["listTasks"]
type TasksQuery = NonNullable<Input<(typeof TasksApi)["endpoints"]["listTasks"]>["query"]>

/** The input of `listTasks` without the page. */
export type AllTasksQuery = Omit<TasksQuery, "page">

const pageTasks = 100

/**
 * Reads a list page by page, each when the next task is requested. Pages are offsets from the list's start. So a task
 * that is created or deleted before the current offset can make another appear twice or be missed. Sorted by
 * `created_at`, `asc`, new tasks come last.
 */
export const allTasks =
  (listTasks: ListTasks) =>
  ({ limit = pageTasks, ...query }: AllTasksQuery = {}) =>
    Stream.paginate(1, (page: number) =>
      Effect.map(listTasks({ query: { ...query, limit, page } }), ({ data, total }) => [
        data,
        data.length > 0 && page * limit < total ? Option.some(page + 1) : Option.none(),
      ]),
    )
