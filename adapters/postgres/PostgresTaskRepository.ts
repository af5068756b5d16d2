/** Implements `TaskRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type AcceptedVersions, accepts } from "../../domain/shared/Version.ts"
import { type DeletedTask, type Task, VersionConflict } from "../../domain/tasks/Task.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { type TaskPlace, toCursorPage } from "../../domain/tasks/TaskPlace.ts"
import type { TaskQuery, TaskSelection } from "../../domain/tasks/TaskQuery.ts"
import { type EndsRow, endsOf } from "./ChangeColumns.ts"
import { lockHead, selectHead } from "./ChangeStatements.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { type Statement, statement } from "./client/Statement.ts"
import { insertRecord } from "./PostgresIdempotencyRecords.ts"
import { selectAfter, selectFirst } from "./PostgresTaskCursorQuery.ts"
import { countAll, hasMany, isFiltered, type QueryText, selectPage } from "./PostgresTaskListQuery.ts"
import { purgeTasks } from "./Purge.ts"
import { changedTask, createdTask } from "./RecordedTask.ts"
import { type RecordedChange, runRecorded } from "./RecordedWrite.ts"
import { makeSmallListUsers } from "./SmallListUsers.ts"
import { parametersOf, type TaskRow, toTask } from "./TaskColumns.ts"
import * as statements from "./TaskStatements.ts"

/** The data about the user that every row of a list has. */
interface ListRow {
  readonly has_many?: boolean | null
}

/** A row of a page; every row has the same data about the whole list. */
interface PageRow extends ListRow, TaskRow {
  readonly total: number
}

/** A row of the first page of a cursor, with the ends of the user's history. That of an empty page has no task. */
type FirstRow = ListRow & EndsRow & (TaskRow | { readonly id: null })

type DeletedTaskRow = TaskRow & { readonly deleted_at: Timestamp }

const toDeletedTask = (row: DeletedTaskRow): DeletedTask => ({ task: toTask(row), deletedAt: row.deleted_at })

/** The change of a deletion has no values. */
const deletion = (at: Timestamp): RecordedChange => ({ at, before: null, after: null })

/** Returns the ids of the categories that `one` has and `other` lacks. */
const categoriesMissing = (one: Task, other: Task): ReadonlyArray<CategoryId> =>
  one.categories.map(({ id }) => id).filter((id) => !other.categories.some((category) => category.id === id))

export const layer: Layer.Layer<TaskRepository, never, PgClient.PgClient | UnitOfWork> = Layer.effect(
  TaskRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "tasks")
    const record = runRecorded(database)
    const { atomically } = yield* UnitOfWork

    const get = (userId: UserId, taskId: TaskId) =>
      Effect.flatMap(database.read<TaskRow>(statements.selectById, [userId, taskId]), ([row]) =>
        row === undefined ? Effect.fail(new TaskNotFound({ taskId })) : Effect.succeed(toTask(row)),
      )

    const countOf = (userId: UserId, query: TaskQuery) => {
      const { text, parameters } = countAll(userId, query)
      return Effect.map(
        database.readUnprepared<{ readonly total: number }>(statement("tasks.count", text), parameters),
        ([row]) => row?.total ?? 0,
      )
    }

    const usersWithFewTasks = makeSmallListUsers()

    /**
     * The best plan of a filtered list depends on its values. But for a user with few tasks, planning takes longer than
     * reading the list with any plan. So a user known to have few tasks gets the prepared plan.
     */
    const readList = <Row extends ListRow>(
      userId: UserId,
      selection: TaskSelection,
      select: (more?: string) => QueryText,
      prepared: (text: string) => Statement,
      filtered: (text: string) => Statement,
    ): Effect.Effect<ReadonlyArray<Row>> => {
      if (!isFiltered(selection) || usersWithFewTasks.has(userId)) {
        const { parameters, text } = select()
        return database.read<Row>(prepared(text), parameters)
      }
      const { parameters, text } = select(hasMany)
      return Effect.tap(database.readUnprepared<Row>(filtered(text), parameters), ([row]) =>
        Effect.sync(() => {
          if (row?.has_many === false) usersWithFewTasks.add(userId)
        }),
      )
    }

    const readPage = (userId: UserId, query: TaskQuery) =>
      readList<PageRow>(
        userId,
        query,
        (more) => selectPage(statements.columns, userId, query, more),
        (text) => statement("tasks.select_page", text),
        (text) => statement("tasks.select_filtered_page", text),
      )

    const readFirst = (userId: UserId, selection: TaskSelection, count: number) =>
      readList<FirstRow>(
        userId,
        selection,
        (more) => selectFirst(statements.columns, userId, selection, count, more),
        (text) => statement("tasks.select_first", text),
        (text) => statement("tasks.select_filtered_first", text),
      )

    const readAfter = (userId: UserId, selection: TaskSelection, after: TaskPlace, count: number) =>
      readList<ListRow & TaskRow>(
        userId,
        selection,
        (more) => selectAfter(statements.columns, userId, selection, after, count, more),
        (text) => statement("tasks.select_after", text),
        (text) => statement("tasks.select_filtered_after", text),
      )

    const updateAlone = (before: Task, after: Task) => {
      const change = changedTask(before, after)
      const parameters = [...parametersOf(after), before.version]
      const written = change.isEmpty
        ? database.query(statements.updateVersion, parameters)
        : record(statements.update, parameters, change)
      return Effect.flatMap(written, ({ length }) => (length > 0 ? Effect.void : failStale(before)))
    }

    const updateAndAssign = (before: Task, after: Task) => {
      const added = categoriesMissing(after, before)
      const removed = categoriesMissing(before, after)
      if (added.length === 0 && removed.length === 0) return updateAlone(before, after)
      const parameters = [...parametersOf(after), before.version, added, removed]
      const written = record(statements.updateWithCategories, parameters, changedTask(before, after))
      return Effect.flatMap(written, (rows) =>
        rows.length > 0 ? Effect.void : Effect.andThen(failStale(before), failMissing(before.userId, added)),
      )
    }

    /** Fails if the task does not exist or has another version. */
    const failStale = (before: Task) =>
      Effect.flatMap(get(before.userId, before.id), (current) =>
        current.version === before.version ? Effect.void : Effect.fail(new VersionConflict({ current })),
      )

    const deleteAny = (userId: UserId, taskId: TaskId, deletedAt: Timestamp) =>
      Effect.flatMap(
        record<TaskRow>(statements.markDeleted, [userId, taskId, deletedAt], deletion(deletedAt)),
        ([row]) =>
          row === undefined
            ? Effect.fail(new TaskNotFound({ taskId }))
            : Effect.succeed<DeletedTask>({ task: toTask(row), deletedAt }),
      )

    const deleteVersion = (
      userId: UserId,
      taskId: TaskId,
      deletedAt: Timestamp,
      accepted: Exclude<AcceptedVersions, "any">,
    ): Effect.Effect<DeletedTask, TaskNotFound | VersionConflict> => {
      const versions = typeof accepted === "number" ? [accepted] : accepted
      return Effect.flatMap(
        record<TaskRow>(statements.markVersionDeleted, [userId, taskId, deletedAt, versions], deletion(deletedAt)),
        ([row]) =>
          row !== undefined
            ? Effect.succeed<DeletedTask>({ task: toTask(row), deletedAt })
            : Effect.flatMap(get(userId, taskId), (current) =>
                // A later writer can have raised the version to an accepted one. Versions only rise, so the attempts
                // end.
                accepts(accepted, current.version)
                  ? deleteVersion(userId, taskId, deletedAt, accepted)
                  : Effect.fail(new VersionConflict({ current })),
              ),
      )
    }

    /** Fails if the user has no account. */
    const failWithoutAccount = (userId: UserId) =>
      Effect.flatMap(database.read(selectHead, [userId]), ({ length }) =>
        length > 0 ? Effect.void : Effect.fail(new AccountNotFound({ userId })),
      )

    /** Fails with the id of the category that does not exist. */
    const failMissing = (userId: UserId, added: ReadonlyArray<CategoryId>) =>
      Effect.flatMap(
        database.read<{ readonly id: CategoryId }>(statements.selectMissingCategory, [userId, added]),
        ([missing]) =>
          missing === undefined
            ? Effect.die(new Error("A task was not written, but nothing stands in its way"))
            : Effect.fail(new CategoryNotFound({ categoryId: missing.id })),
      )

    return TaskRepository.of({
      insert: (task) => {
        const ids = task.categories.map(({ id }) => id)
        const inserted =
          ids.length === 0
            ? record(statements.insert, parametersOf(task), createdTask(task))
            : record(statements.insertWithCategories, [...parametersOf(task), ids], createdTask(task))
        return Effect.flatMap(inserted, ({ length }) =>
          length > 0 ? Effect.void : Effect.andThen(failWithoutAccount(task.userId), failMissing(task.userId, ids)),
        )
      },

      get,

      // Two statements: the first may wait for a writer, and its snapshot lacks the categories that the writer
      // assigned.
      getForUpdate: (userId, taskId) => Effect.andThen(database.query(lockHead, [userId]), get(userId, taskId)),

      getDeleted: (userId, taskId) =>
        Effect.flatMap(database.read<DeletedTaskRow>(statements.selectDeletedById, [userId, taskId]), ([row]) =>
          row === undefined ? Effect.fail(new TaskNotFound({ taskId })) : Effect.succeed(toDeletedTask(row)),
        ),

      exists: (taskId) =>
        Effect.map(
          database.read<{ readonly exists: boolean }>(statements.exists, [taskId]),
          ([row]) => row?.exists === true,
        ),

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

      update: (before, after) =>
        before.categories === after.categories ? updateAlone(before, after) : updateAndAssign(before, after),

      delete: (userId, taskId, deletedAt, accepted = "any") =>
        accepted === "any" ? deleteAny(userId, taskId, deletedAt) : deleteVersion(userId, taskId, deletedAt, accepted),

      restore: ({ task }, restored) => {
        const change = changedTask(task, restored)
        const written = record(
          statements.restore,
          parametersOf(restored),
          change.isEmpty ? { at: change.at, before: null, after: null } : change,
        )
        return Effect.flatMap(written, ({ length }) =>
          length === 0 ? Effect.fail(new TaskNotFound({ taskId: task.id })) : Effect.void,
        )
      },

      listDeleted: (userId, after, limit) =>
        Effect.map(
          after === null
            ? database.read<DeletedTaskRow>(statements.selectTrash, [userId, limit])
            : database.read<DeletedTaskRow>(statements.selectTrashAfter, [
                userId,
                limit,
                after.deletedAt,
                after.taskId,
              ]),
          (rows) => rows.map(toDeletedTask),
        ),

      purge: (userId, taskIds, at) =>
        atomically(
          Effect.gen(function* () {
            yield* database.query(lockHead, [userId])
            const purged = yield* purgeTasks(database, [userId], { at, among: taskIds })
            const { record } = yield* CurrentMutation
            if (purged.length > 0 && record !== null) yield* insertRecord(database)(userId, record)
            return purged.map(({ entity_id }) => entity_id as TaskId)
          }),
        ),
    })
  }),
)
