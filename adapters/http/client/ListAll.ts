import { Effect, Option, Stream } from "effect"
import type { TasksApi } from "../api/v1/TasksApi.ts"
import type { Calls, Input } from "./ClientMethods.ts"

type ListTasks = Calls<typeof TasksApi>["listTasks"]
type TasksQuery = NonNullable<Input<(typeof TasksApi)["endpoints"]["listTasks"]>["query"]>

/** What `listTasks` takes, but for the page. */
export type AllTasksQuery = Omit<TasksQuery, "page">

const pageTasks = 100

/**
 * Reads a list page by page, when the next task is asked for. Pages are counted from the list's start: a task that comes
 * or goes ahead of the place meanwhile can be seen twice or missed. Sorted by `created_at`, `asc`, new tasks come last.
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
