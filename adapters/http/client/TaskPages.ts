/** Types the two ways of listing tasks by what the caller passes: a page's number, or a cursor. */
import type { Effect } from "effect"
import type { TasksApi } from "../api/v1/TasksApi.ts"
import type { Failure, Input, Output } from "./ClientMethods.ts"

type Endpoint = (typeof TasksApi)["endpoints"]["listTasks"]
type TasksQuery = NonNullable<Input<Endpoint>["query"]>

/** A page of the list with its number, and with the number of tasks in the whole list. */
export type TaskPage = Extract<Output<Endpoint>, { readonly total: number }>

/** A page of the list with the cursor of the next one, which is null at the end. */
export type TaskCursorPage = Extract<Output<Endpoint>, { readonly next_cursor: string | null }>

/** The parameters of a page by its number. */
export type TaskPageQuery = Omit<TasksQuery, "cursor"> & { readonly cursor?: never }

/** The parameters of a page by cursor, which is empty for the first page. */
export type TaskCursorQuery = Omit<TasksQuery, "page" | "cursor"> & {
  readonly page?: never
  readonly cursor: string
}

/** Errors that a cursor can cause. */
type CursorFailure = { readonly code: "invalid_cursor" | "cursor_mismatch" }

/** Lists tasks. With a cursor, it returns the page at that cursor, and otherwise the page of that number. */
export interface ListTasks {
  (input: { readonly query: TaskCursorQuery }): Effect.Effect<TaskCursorPage, Failure<Endpoint>>
  (input?: { readonly query?: TaskPageQuery }): Effect.Effect<TaskPage, Exclude<Failure<Endpoint>, CursorFailure>>
}
