/** Reads all pages of a list of tasks as one stream. */
import { Effect, Option, Stream } from "effect"
import type { ListTasks, TaskCursorQuery } from "./TaskPages.ts"

/** The input of `listTasks` without the place in the list. */
export type AllTasksQuery = Omit<TaskCursorQuery, "page" | "cursor">

/** The maximum number of tasks on a page by cursor. */
const pageTasks = 200

/**
 * Reads a list page by page, each when the next task is requested, by the cursor of the page before. So a task that stays
 * in its place is read once, whatever happens to others meanwhile. One that is moved meanwhile, by a change of the field
 * that the list is sorted by, can be read twice or be missed.
 */
export const allTasks =
  (listTasks: ListTasks) =>
  ({ limit = pageTasks, ...query }: AllTasksQuery = {}) =>
    Stream.paginate("", (cursor: string) =>
      Effect.map(listTasks({ query: { ...query, limit, cursor } }), ({ data, next_cursor }) => [
        data,
        Option.fromNullOr(next_cursor),
      ]),
    )
