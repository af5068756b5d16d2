/** The use case that lists a user's tasks page by page, each from the place where the one before ended. */
import { Effect, Result, Schema } from "effect"
import * as ChangeCursor from "../../domain/changes/ChangeCursor.ts"
import { CursorPageLimit, defaultCursorPageLimit } from "../../domain/shared/Page.ts"
import * as TaskCursor from "../../domain/tasks/TaskCursor.ts"
import type { TaskSelection } from "../../domain/tasks/TaskQuery.ts"
import { useCase } from "../shared/UseCase.ts"
import { listFields, selectionOf } from "./ListFields.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ListTasksByCursor = Schema.Struct({
  ...listFields,
  /** The `nextCursor` of the page before. An empty text starts with the first page. */
  cursor: Schema.String,
  limit: Schema.optional(CursorPageLimit),
})
export interface ListTasksByCursor extends Schema.Schema.Type<typeof ListTasksByCursor> {}

/**
 * Returns one page of the user's tasks, and the cursor of the next; null at the end of the list. A task that stays in its
 * place is on exactly one page, whatever happens to others between the pages. Every page has the place in the history at
 * the moment of the first page. So all pages and the changes after that place are the whole list. The first page has the
 * number of the newest change (`latest`), if the store has a history. Relative dates of the filter are read as for the
 * first page. Fails with `CursorMismatch` if the cursor belongs to a list with another sort, order or filter, and with
 * `InvalidCursor` if the text is no cursor. It also fails with `InvalidFilter` and with `UnknownTimeZone`.
 */
export const listTasksByCursor = useCase("listTasksByCursor")(function* (command: ListTasksByCursor) {
  const tasks = yield* TaskRepository
  const { evaluatedAt, selection } = yield* selectionOf(command, TaskCursor.evaluatedAtOf(command.cursor))
  const limit = command.limit ?? defaultCursorPageLimit
  const cursor = yield* Effect.fromResult(parse(selection, command.cursor))
  const { data, latest, next } = yield* tasks.listAfter(command.userId, selection, cursor?.place ?? null, limit)
  const changesCursor = cursor === null ? encodeLatest(latest) : cursor.changesCursor
  const nextCursor = next === null ? null : TaskCursor.encode(selection, { place: next, changesCursor, evaluatedAt })
  const page = { data, nextCursor, changesCursor, evaluatedAt, limit }
  return latest === undefined ? page : { ...page, latest: latest.seq }
})

/** Returns null if the store has no history. */
const encodeLatest = (latest: ChangeCursor.ChangeCursor | undefined): string | null =>
  latest === undefined ? null : ChangeCursor.encode(latest)

/** Returns null for the start of the list. */
const parse = (selection: TaskSelection, text: string) =>
  text === "" ? Result.succeed(null) : TaskCursor.decode(selection, text)
