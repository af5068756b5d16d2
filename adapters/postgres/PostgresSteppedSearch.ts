/**
 * Searches a list of tasks in steps, each of which looks at a range of ids. The database in this process runs one statement
 * at a time and nothing else meanwhile, so requests and timers get their turn between the steps.
 *
 * The steps see the tasks at different times. So a task that changes during a search can be in the page as it was, or be
 * missing; the history says so.
 */
import { setImmediate } from "node:timers/promises"
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { isAfterPlace, type TaskPlace } from "../../domain/tasks/TaskPlace.ts"
import { comparator, compareKeys, type SortKey, type TaskSelection } from "../../domain/tasks/TaskQuery.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"
import { conditionsOf, type QueryText } from "./PostgresTaskListQuery.ts"
import { isUnfilled } from "./SearchColumns.ts"
import { type TaskRow, toTask } from "./TaskColumns.ts"
import type { CategoriesNamed } from "./TaskFilterSql.ts"
import * as statements from "./TaskStatements.ts"

/** A task that was found, or the end of a step without one. Each row has the last id of the step; null at the end. */
type StepRow =
  | { readonly bound: TaskId | null; readonly id: null }
  | { readonly bound: TaskId | null; readonly id: TaskId; readonly key: SortKey; readonly is_unfilled: boolean }

/** Which of the found tasks are wanted: the first `skip + take` after the place. */
interface Wanted {
  readonly after: TaskPlace | null
  readonly skip: number
  readonly take: number
}

/** How long a step takes if its rows cost as much as those of the step before, in milliseconds. */
const stepMillis = 30
const firstRows = 500

/**
 * Returns how many rows the next step looks at. What a row costs depends on its text and on the filter, by a factor of
 * thousands. A fast step is followed by one of at most twice the rows, because later texts can be longer.
 */
export const nextRows = (rows: number, millis: number, maximum: number): number =>
  Math.max(1, Math.min(2 * rows, maximum, Math.floor((rows * stepMillis) / Math.max(millis, 1))))

const firstId = "00000000-0000-0000-0000-000000000000"
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff"

/** Selects what a step finds, from the id after `from` on. */
const selectStep = (
  userId: UserId,
  selection: TaskSelection,
  categories: CategoriesNamed,
  from: string,
  rows: number,
): QueryText => {
  const { parameters, text: conditions } = conditionsOf(userId, selection, categories)
  const [start, count] = [`$${parameters.length + 1}::uuid`, `$${parameters.length + 2}::integer`]
  return {
    text: `WITH step AS MATERIALIZED (
    SELECT (SELECT id FROM tasks WHERE user_id = $1 AND id > ${start} ORDER BY id OFFSET ${count} - 1 LIMIT 1) AS bound
  )
  SELECT step.bound, found.* FROM step LEFT JOIN (
    SELECT id, ${selection.sort} AS key, ${isUnfilled} AS is_unfilled FROM tasks
    WHERE ${conditions} AND id > ${start} AND id <= (SELECT coalesce(bound, '${lastId}') FROM step)
  ) AS found ON true`,
    parameters: [...parameters, from, rows],
  }
}

/** Selects the tasks of the page that still meet the filter. */
const selectFound = (
  userId: UserId,
  selection: TaskSelection,
  categories: CategoriesNamed,
  ids: ReadonlyArray<TaskId>,
): QueryText => {
  const { parameters, text: conditions } = conditionsOf(userId, selection, categories)
  return {
    text: `SELECT ${statements.columns} FROM tasks
  WHERE ${conditions} AND id = ANY ($${parameters.length + 1}::uuid[])`,
    parameters: [...parameters, ids],
  }
}

/** Keeps the first places of a list, and forgets the others from time to time. */
const makeFirstPlaces = (selection: TaskSelection, { after, skip, take }: Wanted) => {
  const wanted = skip + take
  const compare = compareKeys(selection)
  let places: Array<TaskPlace> = []
  const cut = (): void => {
    places = places.sort((one, other) => compare(one.key, one.id, other.key, other.id)).slice(0, wanted)
  }
  return {
    add: (place: TaskPlace): void => {
      if (after !== null && !isAfterPlace(selection, after, place)) return
      if (places.push(place) > 2 * wanted + 1000) cut()
    },
    all: (): ReadonlyArray<TaskPlace> => {
      cut()
      return places.slice(skip)
    },
  }
}

/** Returns the function that reads those of the found tasks that still meet the filter, in the order of the list. */
export const makeReadFound = (database: PostgresStatements) =>
  Effect.fnUntraced(function* (
    userId: UserId,
    selection: TaskSelection,
    categories: CategoriesNamed,
    places: ReadonlyArray<TaskPlace>,
  ) {
    if (places.length === 0) return []
    const ids = places.map(({ id }) => id)
    const { parameters, text } = selectFound(userId, selection, categories, ids)
    const rows = yield* database.readUnprepared<TaskRow>(statement("tasks.select_found", text), parameters)
    return rows.map(toTask).sort(comparator(selection))
  })

/**
 * Returns the function that finds the places of the wanted tasks, in steps of at most `rows` rows. `total` counts all tasks
 * that were found, and `hasUnfilled` says whether one of them lacks its search text.
 */
export const makeSteppedSearch = (database: PostgresStatements, rows: number) =>
  Effect.fn("searchInSteps")(function* (
    userId: UserId,
    selection: TaskSelection,
    categories: CategoriesNamed,
    wanted: Wanted,
  ) {
    const places = makeFirstPlaces(selection, wanted)
    let total = 0
    let hasUnfilled = false
    let stepRows = Math.min(firstRows, rows)
    for (let from: string | null = firstId; from !== null; ) {
      const { parameters, text } = selectStep(userId, selection, categories, from, stepRows)
      const since = performance.now()
      const found: ReadonlyArray<StepRow> = yield* database.readUnprepared<StepRow>(
        statement("tasks.search_step", text),
        parameters,
      )
      stepRows = nextRows(stepRows, performance.now() - since, rows)
      for (const row of found) {
        if (row.id === null) continue
        total++
        hasUnfilled ||= row.is_unfilled
        places.add({ key: row.key, id: row.id })
      }
      from = found[0]?.bound ?? null
      if (from !== null) yield* Effect.promise(() => setImmediate())
    }
    return { places: places.all(), total, hasUnfilled }
  })
