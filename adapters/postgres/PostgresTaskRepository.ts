import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type AcceptedVersions, accepts } from "../../domain/shared/Version.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import { TaskNotFound, VersionConflict } from "../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { TaskQuery } from "../../domain/tasks/TaskQuery.ts"
import { statementsOn } from "./PostgresStatements.ts"
import { makeRecentUsers } from "./RecentUsers.ts"
import { countAll, hasMany, isFiltered, selectPage } from "./TaskListStatement.ts"

/** A row that was written from a `Task`, and whose constraints hold its rules: it is trusted, not decoded. */
interface TaskRow {
  readonly id: Task["id"]
  readonly user_id: Task["userId"]
  readonly title: Task["title"]
  readonly description: Task["description"]
  readonly status: Task["status"]
  readonly priority: Task["priority"]
  readonly due_date: Task["dueDate"]
  readonly version: Task["version"]
  readonly created_at: Task["createdAt"]
  readonly updated_at: Task["updatedAt"]
  /** By name; null where there are none. */
  readonly categories: ReadonlyArray<CategoryValue> | null
}

interface CategoryValue {
  readonly id: Category["id"]
  readonly name: Category["name"]
  readonly color: Category["color"]
  readonly created_at: Category["createdAt"]
}

/** A row of a page; every row says the same of the whole list. */
interface PageRow extends TaskRow {
  readonly total: number
  readonly has_many?: boolean
}

const toTask = (row: TaskRow): Task => ({
  id: row.id,
  userId: row.user_id,
  title: row.title,
  description: row.description,
  status: row.status,
  priority: row.priority,
  dueDate: row.due_date,
  categories: row.categories?.map((category) => toCategory(row.user_id, category)) ?? [],
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const toCategory = (userId: UserId, value: CategoryValue): Category => ({
  id: value.id,
  userId,
  name: value.name,
  color: value.color,
  createdAt: value.created_at,
})

// Inside JSON a time is text, so it is given the form that the type registry gives to columns.
const columns = `id, user_id, title, description, status, priority, due_date, version, created_at, updated_at, (
    SELECT json_agg(json_build_object('id', category.id, 'name', category.name, 'color', category.color, 'created_at',
      to_char(category.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY category.name)
    FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id
  ) AS categories`

const insert = `INSERT INTO tasks
  (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// As in `updateWithCategories`, a category that is gone keeps the whole statement from writing.
const insertWithCategories = `WITH wanted AS (
    SELECT id FROM categories WHERE user_id = $1 AND id = ANY ($11::uuid[]) FOR KEY SHARE
  ), made AS (
    INSERT INTO tasks
    (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
    SELECT $1, $2::uuid, $3::text, $4::text, $5::task_status, $6::task_priority, $7::timestamptz, $8::integer,
      $9::timestamptz, $10::timestamptz
    WHERE (SELECT count(*) FROM wanted) = cardinality($11::uuid[])
    RETURNING user_id, id
  )
  INSERT INTO task_categories (user_id, task_id, category_id)
  SELECT made.user_id, made.id, wanted.id FROM made, wanted`

const selectById = `SELECT ${columns} FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`

const lockById = "SELECT FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE"

const selectDeletedById = `SELECT deleted_at, ${columns} FROM tasks
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`

const exists = "SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND deleted_at IS NULL) AS exists"

const assignments = `title = $3, description = $4, status = $5, priority = $6, due_date = $7, version = $8,
    created_at = $9, updated_at = $10`

const update = `UPDATE tasks SET ${assignments}
  WHERE user_id = $1 AND id = $2 AND version = $11 AND deleted_at IS NULL`

// A category that is gone keeps the whole statement from writing. A foreign key's error would tell as much, but end a
// surrounding unit of work. What is found stays until the end of the transaction.
const updateWithCategories = `WITH wanted AS (
    SELECT id FROM categories WHERE user_id = $1 AND id = ANY ($12::uuid[]) FOR KEY SHARE
  ), updated AS (
    ${update} AND (SELECT count(*) FROM wanted) = cardinality($12::uuid[]) RETURNING user_id, id
  ), removed AS (
    DELETE FROM task_categories USING updated
    WHERE task_categories.user_id = $1 AND task_categories.task_id = updated.id
      AND task_categories.category_id = ANY ($13::uuid[])
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT updated.user_id, updated.id, wanted.id FROM updated, wanted
  )
  SELECT FROM updated`

const selectMissingCategory = `SELECT wanted.id FROM unnest($2::uuid[]) AS wanted (id)
  WHERE NOT EXISTS (SELECT FROM categories WHERE user_id = $1 AND categories.id = wanted.id)
  LIMIT 1`

const markDeleted = "UPDATE tasks SET deleted_at = $3 WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL"

const markVersionDeleted = `${markDeleted} AND version = ANY ($4::integer[])`

const restore = `UPDATE tasks SET ${assignments}, deleted_at = NULL
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`

const fieldsOf = (task: Task) => [
  task.userId,
  task.id,
  task.title,
  task.description,
  task.status,
  task.priority,
  task.dueDate,
  task.version,
  task.createdAt,
  task.updatedAt,
]

/** The ids of the categories that `one` has and `other` lacks. */
const categoriesMissing = (one: Task, other: Task): ReadonlyArray<CategoryId> =>
  one.categories.map(({ id }) => id).filter((id) => !other.categories.some((category) => category.id === id))

export const layer: Layer.Layer<TaskRepository, never, PgClient.PgClient> = Layer.effect(
  TaskRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "tasks")

    const get = (userId: UserId, taskId: TaskId) =>
      Effect.flatMap(database.read<TaskRow>(selectById, [userId, taskId]), ([row]) =>
        row === undefined ? Effect.fail(new TaskNotFound({ taskId })) : Effect.succeed(toTask(row)),
      )

    const countOf = (userId: UserId, query: TaskQuery) => {
      const { text, parameters } = countAll(userId, query)
      return Effect.map(database.readPlanned<{ readonly total: number }>(text, parameters), ([row]) => row?.total ?? 0)
    }

    const usersWithFewTasks = makeRecentUsers()

    /**
     * A filtered list's best plan hangs on its values, but planning it takes longer than reading the list of a user
     * with few tasks by any plan. So who is known to have few gets the prepared one.
     */
    const readPage = (userId: UserId, query: TaskQuery): Effect.Effect<ReadonlyArray<PageRow>> => {
      if (!isFiltered(query) || usersWithFewTasks.has(userId)) {
        const { parameters, text } = selectPage(columns, userId, query)
        return database.read<PageRow>(text, parameters)
      }
      const { parameters, text } = selectPage(columns, userId, query, hasMany)
      return Effect.tap(database.readPlanned<PageRow>(text, parameters), ([row]) =>
        Effect.sync(() => {
          if (row?.has_many === false) usersWithFewTasks.add(userId)
        }),
      )
    }

    const orNotFound = (taskId: TaskId, written: Effect.Effect<number>) =>
      Effect.flatMap(written, (count) => (count === 0 ? Effect.fail(new TaskNotFound({ taskId })) : Effect.void))

    const updateAlone = (before: Task, after: Task) =>
      Effect.flatMap(database.write(update, [...fieldsOf(after), before.version]), (count) =>
        count > 0 ? Effect.void : failStale(before),
      )

    const updateAndAssign = (before: Task, after: Task) => {
      const added = categoriesMissing(after, before)
      const removed = categoriesMissing(before, after)
      const written = database.query(updateWithCategories, [...fieldsOf(after), before.version, added, removed])
      return Effect.flatMap(written, (rows) =>
        rows.length > 0 ? Effect.void : Effect.andThen(failStale(before), failMissing(before.userId, added)),
      )
    }

    /** Fails where the task is not, or no longer, as it was. */
    const failStale = (before: Task) =>
      Effect.flatMap(get(before.userId, before.id), (current) =>
        current.version === before.version ? Effect.void : Effect.fail(new VersionConflict({ current })),
      )

    const deleteVersion = (
      userId: UserId,
      taskId: TaskId,
      deletedAt: Timestamp,
      accepted: Exclude<AcceptedVersions, "any">,
    ): Effect.Effect<void, TaskNotFound | VersionConflict> => {
      const versions = typeof accepted === "number" ? [accepted] : accepted
      return Effect.flatMap(database.write(markVersionDeleted, [userId, taskId, deletedAt, versions]), (count) =>
        count > 0
          ? Effect.void
          : Effect.flatMap(get(userId, taskId), (current) =>
              // A later writer can have raised it to an accepted version. It only rises, so the attempts come to an end.
              accepts(accepted, current.version)
                ? deleteVersion(userId, taskId, deletedAt, accepted)
                : Effect.fail(new VersionConflict({ current })),
            ),
      )
    }

    /** Fails with the category that is gone. */
    const failMissing = (userId: UserId, added: ReadonlyArray<CategoryId>) =>
      Effect.flatMap(database.read<{ readonly id: CategoryId }>(selectMissingCategory, [userId, added]), ([missing]) =>
        missing === undefined
          ? Effect.die(new Error("A task was not written, but nothing stands in its way"))
          : Effect.fail(new CategoryNotFound({ categoryId: missing.id })),
      )

    return TaskRepository.of({
      insert: (task) => {
        const ids = task.categories.map(({ id }) => id)
        const [statement, values] =
          ids.length === 0 ? [insert, fieldsOf(task)] : [insertWithCategories, [...fieldsOf(task), ids]]
        const gone = (): AccountNotFound | CategoryNotFound => new AccountNotFound({ userId: task.userId })
        return Effect.flatMap(database.writeOwned(statement, values, gone), (count) =>
          count > 0 ? Effect.void : failMissing(task.userId, ids),
        )
      },

      get,

      // Two statements: the first may wait for a writer, and its own snapshot lacks the categories that one assigned.
      getForUpdate: (userId, taskId) => Effect.andThen(database.query(lockById, [userId, taskId]), get(userId, taskId)),

      getDeleted: (userId, taskId) =>
        Effect.flatMap(
          database.read<TaskRow & { readonly deleted_at: Timestamp }>(selectDeletedById, [userId, taskId]),
          ([row]) =>
            row === undefined
              ? Effect.fail(new TaskNotFound({ taskId }))
              : Effect.succeed({ task: toTask(row), deletedAt: row.deleted_at }),
        ),

      exists: (taskId) =>
        Effect.map(database.read<{ readonly exists: boolean }>(exists, [taskId]), ([row]) => row?.exists === true),

      list: (userId, query) =>
        Effect.gen(function* () {
          const rows = yield* readPage(userId, query)
          return {
            data: rows.map(toTask),
            total: rows[0]?.total ?? (query.page === 1 ? 0 : yield* countOf(userId, query)),
            page: query.page,
            limit: query.limit,
          }
        }),

      update: (before, after) =>
        before.categories === after.categories ? updateAlone(before, after) : updateAndAssign(before, after),

      delete: (userId, taskId, deletedAt, accepted = "any") =>
        accepted === "any"
          ? orNotFound(taskId, database.write(markDeleted, [userId, taskId, deletedAt]))
          : deleteVersion(userId, taskId, deletedAt, accepted),

      restore: ({ task }, restored) => orNotFound(task.id, database.write(restore, fieldsOf(restored))),
    })
  }),
)
