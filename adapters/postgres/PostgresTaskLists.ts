/** Reads lists of tasks: pages by their number, and pages after a place. */
import { Effect, PartitionedSemaphore } from "effect"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import type { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import type { SequenceNumber } from "../../domain/changes/Change.ts"
import { hasKind, isCategory } from "../../domain/tasks/TaskFilter.ts"
import { type TaskPlace, toCursorPage } from "../../domain/tasks/TaskPlace.ts"
import type { TaskQuery, TaskSelection } from "../../domain/tasks/TaskQuery.ts"
import { type EndsRow, endsOf } from "./ChangeColumns.ts"
import { selectEnds } from "./ChangeStatements.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { type Statement, statement } from "./client/Statement.ts"
import { makeReadFound, makeSteppedSearch } from "./PostgresSteppedSearch.ts"
import { selectAfter, selectFirst } from "./PostgresTaskCursorQuery.ts"
import { countAll, hasMany, isFiltered, isSearch, type QueryText, selectPage } from "./PostgresTaskListQuery.ts"
import { fillSearchTexts } from "./SearchTexts.ts"
import { makeSmallListUsers } from "./SmallListUsers.ts"
import { type TaskRow, toTask } from "./TaskColumns.ts"
import { readTaskCount } from "./TaskCount.ts"
import type { CategoriesNamed } from "./TaskFilterSql.ts"
import * as statements from "./TaskStatements.ts"

/** What every row of a list says of the user, and of the search texts that are missing in the list or in the row. */
interface ListRow {
  readonly has_many?: boolean | null
  readonly is_unfilled?: boolean | null
}

/** A row of a page; every row has the same data about the whole list. */
interface PageRow extends ListRow, TaskRow {
  readonly total: number | null
  readonly latest: SequenceNumber | null
}

/** A row of the first page of a cursor, with the ends of the user's history. That of an empty page has no task. */
type FirstRow = ListRow & EndsRow & (TaskRow | { readonly id: null })

const selectCategoryNames = statement(
  "categories.select_names",
  "SELECT id, name FROM categories WHERE user_id = $1 AND deleted_at IS NULL",
)

const countStatement = (text: string): Statement => statement("tasks.count_filtered", text)

/** How often a list is read again because it met rows without a search text. A second time needs an older server. */
const maxFills = 5

/** The first page of an empty list has no row with the total. */
const isEmptyList = ({ page }: TaskQuery, { length }: ReadonlyArray<PageRow>): boolean => page === 1 && length === 0

type TaskLists = Pick<TaskRepository["Service"], "list" | "listAfter">

/**
 * How many connections are left without searches, because a search of many tasks takes seconds: one for other tables, one for
 * units of work, and one for the other statements about tasks.
 */
const connectionsWithoutSearch = 3

interface TaskListOptions {
  /** The number of connections to the database. */
  readonly connections: number
  /** With it, a search runs in steps that look at no more rows. */
  readonly rowsPerStatement: number | undefined
}

/** Makes the two reads. A process runs few searches at once, in turns of their users. */
export const makeTaskLists = (
  database: PostgresStatements,
  { connections, rowsPerStatement }: TaskListOptions,
): TaskLists => {
  const searches = PartitionedSemaphore.makeUnsafe<UserId>({
    permits: Math.max(1, connections - connectionsWithoutSearch),
  })
  const lists = makeUnlimitedLists(database, rowsPerStatement)
  const inTurn = <A, E, R>(userId: UserId, selection: TaskSelection, read: Effect.Effect<A, E, R>) =>
    isSearch(selection) ? searches.withPermits(userId, 1)(read) : read
  return {
    list: (userId, query) => inTurn(userId, query, lists.list(userId, query)),
    listAfter: (userId, selection, after, limit) =>
      inTurn(userId, selection, lists.listAfter(userId, selection, after, limit)),
  }
}

const makeUnlimitedLists = (database: PostgresStatements, rowsPerStatement: number | undefined): TaskLists => {
  const usersWithFewTasks = makeSmallListUsers()
  const fill = fillSearchTexts(database)
  const readCount = readTaskCount(database)

  /** Names are compared as the domain compares them, so the filter's categories are looked up before its list. */
  const categoriesFor = (userId: UserId, { where }: TaskSelection): Effect.Effect<CategoriesNamed> =>
    where === undefined || !hasKind(where, "category")
      ? Effect.succeed(() => [])
      : Effect.map(
          database.read<Pick<Category, "id" | "name">>(selectCategoryNames, [userId]),
          (rows) => (named) => rows.filter((row) => isCategory(row, named)).map(({ id }) => id),
        )

  /**
   * The best plan of a filtered list depends on its values. But for a user with few tasks, planning takes longer than
   * reading the list with any plan. So a user known to have few tasks gets the prepared plan. There are too many texts of
   * filters to prepare them.
   */
  const readList = <Row extends ListRow>(
    userId: UserId,
    selection: TaskSelection,
    select: (categories: CategoriesNamed, more?: string) => QueryText,
    prepared: (text: string) => Statement,
    filtered: (text: string) => Statement,
  ): Effect.Effect<ReadonlyArray<Row>> => {
    if (selection.where !== undefined) {
      return Effect.flatMap(categoriesFor(userId, selection), (categories) => {
        const { parameters, text } = select(categories)
        const read = isSearch(selection)
          ? database.readLong<Row>(filtered(text), parameters)
          : database.readUnprepared<Row>(filtered(text), parameters)
        return filling(userId, read, (rows) => rows.some((row) => row.is_unfilled === true))
      })
    }
    if (!isFiltered(selection) || usersWithFewTasks.has(userId)) {
      const { parameters, text } = select(() => [])
      return database.read<Row>(prepared(text), parameters)
    }
    const { parameters, text } = select(() => [], hasMany)
    return Effect.tap(database.readUnprepared<Row>(filtered(text), parameters), ([row]) =>
      Effect.sync(() => {
        if (row?.has_many === false) usersWithFewTasks.add(userId)
      }),
    )
  }

  /** Reads again after filling what a search has to look at. */
  const filling = Effect.fnUntraced(function* <A>(
    userId: UserId,
    read: Effect.Effect<A>,
    hasUnfilled: (found: A) => boolean,
  ) {
    for (let fills = 0; fills <= maxFills; fills++) {
      const found = yield* read
      if (!hasUnfilled(found)) return found
      yield* fill(userId)
    }
    return yield* Effect.die(new Unavailable({ dependency: "the search texts", retryAfterMillis: 1_000 }))
  })

  /** Reads a part of a search in steps, with the place of the first task after that part. */
  const readInSteps = (rows: number) => {
    const search = makeSteppedSearch(database, rows)
    const readFound = makeReadFound(database)
    return Effect.fnUntraced(function* (
      userId: UserId,
      selection: TaskSelection,
      { after, skip, take }: { readonly after: TaskPlace | null; readonly skip: number; readonly take: number },
    ) {
      const categories = yield* categoriesFor(userId, selection)
      const steps = search(userId, selection, categories, { after, skip, take: take + 1 })
      const { places, total } = yield* filling(userId, steps, ({ hasUnfilled }) => hasUnfilled)
      const page = places.slice(0, take)
      const next = places.length > take ? (page.at(-1) ?? null) : null
      return { data: yield* readFound(userId, selection, categories, page), total, next }
    })
  }

  const readPage = (userId: UserId, query: TaskQuery) =>
    readList<PageRow>(
      userId,
      query,
      (categories, more) => selectPage(statements.columns, userId, query, more, categories),
      (text) => statement("tasks.select_page", text),
      (text) => statement("tasks.select_filtered_page", text),
    )

  const readFirst = (userId: UserId, selection: TaskSelection, count: number) =>
    readList<FirstRow>(
      userId,
      selection,
      (categories, more) => selectFirst(statements.columns, userId, selection, count, more, categories),
      (text) => statement("tasks.select_first", text),
      (text) => statement("tasks.select_filtered_first", text),
    )

  const readAfter = (userId: UserId, selection: TaskSelection, after: TaskPlace, count: number) =>
    readList<ListRow & TaskRow>(
      userId,
      selection,
      (categories, more) => selectAfter(statements.columns, userId, selection, after, count, more, categories),
      (text) => statement("tasks.select_after", text),
      (text) => statement("tasks.select_filtered_after", text),
    )

  const countOf = (userId: UserId, query: TaskQuery) =>
    isFiltered(query)
      ? Effect.map(
          readList<ListRow & { readonly total: number }>(
            userId,
            query,
            (categories) => countAll(userId, query, categories),
            countStatement,
            countStatement,
          ),
          ([row]) => row?.total ?? 0,
        )
      : readCount(userId)

  const lists: TaskLists = {
    list: (userId, query) =>
      Effect.gen(function* () {
        const rows = yield* readPage(userId, query)
        return {
          data: rows.map(toTask),
          total: isEmptyList(query, rows) ? 0 : (rows[0]?.total ?? (yield* countOf(userId, query))),
          page: query.page,
          limit: query.limit,
          latest: rows[0]?.latest ?? undefined,
        }
      }),

    listAfter: (userId, selection, after, limit) =>
      after === null
        ? Effect.map(readFirst(userId, selection, limit + 1), (rows) => {
            const tasks = rows.flatMap((row) => (row.id === null ? [] : [toTask(row)]))
            const page = toCursorPage(selection, tasks, limit)
            return rows[0] === undefined ? page : { ...page, latest: endsOf(rows[0]).latest }
          })
        : Effect.map(readAfter(userId, selection, after, limit + 1), (rows) =>
            toCursorPage(selection, rows.map(toTask), limit),
          ),
  }
  if (rowsPerStatement === undefined) return lists

  const inSteps = readInSteps(rowsPerStatement)
  return {
    list: (userId, query) => {
      if (!isSearch(query)) return lists.list(userId, query)
      const { limit, page } = query
      return Effect.map(
        inSteps(userId, query, { after: null, skip: (page - 1) * limit, take: limit }),
        ({ data, total }) => ({ data, total, page, limit }),
      )
    },

    // The history is read first, so that it has what changes during the steps.
    listAfter: (userId, selection, after, limit) => {
      if (!isSearch(selection)) return lists.listAfter(userId, selection, after, limit)
      const read = Effect.map(inSteps(userId, selection, { after, skip: 0, take: limit }), ({ data, next }) => ({
        data,
        next,
      }))
      if (after !== null) return read
      return Effect.flatMap(database.read<EndsRow>(selectEnds, [userId]), ([ends]) =>
        ends === undefined ? read : Effect.map(read, (page) => ({ ...page, latest: endsOf(ends).latest })),
      )
    },
  }
}
