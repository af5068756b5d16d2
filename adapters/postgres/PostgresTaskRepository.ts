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
import { lockHead, selectHead } from "./ChangeStatements.ts"
import { connectionsOf } from "./client/PooledClient.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { RowsPerStatement } from "./client/RowsPerStatement.ts"
import { insertRecord } from "./PostgresIdempotencyRecords.ts"
import { makeTaskLists } from "./PostgresTaskLists.ts"
import { purgeTasks } from "./Purge.ts"
import type { RecordedChange } from "./RecordedChange.ts"
import { changedTask, createdTask } from "./RecordedTask.ts"
import { runRecorded } from "./RecordedWrite.ts"
import { changedSearchColumn, searchColumnOf } from "./SearchColumns.ts"
import { parametersOf, type TaskRow, toTask } from "./TaskColumns.ts"
import { writeOfChanges } from "./TaskFieldStatements.ts"
import { taskReads } from "./TaskReads.ts"
import * as statements from "./TaskStatements.ts"

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
    const client = yield* PgClient.PgClient
    const database = statementsOn(client, "tasks")
    const record = runRecorded(database)
    const read = taskReads(database)
    const { atomically } = yield* UnitOfWork

    const get = (userId: UserId, taskId: TaskId) =>
      Effect.flatMap(read(userId, taskId), (row) =>
        row === undefined ? Effect.fail(new TaskNotFound({ taskId })) : Effect.succeed(toTask(row)),
      )

    const updateAlone = (before: Task, after: Task) => {
      const change = changedTask(before, after)
      const parameters = [...parametersOf(after, changedSearchColumn(before, after)), before.version]
      const written = change.isEmpty
        ? database.query(statements.updateVersion, parameters)
        : record(statements.update, parameters, change)
      return Effect.flatMap(written, ({ length }) => (length > 0 ? Effect.void : failStale(before)))
    }

    const updateAndAssign = (before: Task, after: Task) => {
      const added = categoriesMissing(after, before)
      const removed = categoriesMissing(before, after)
      if (added.length === 0 && removed.length === 0) return updateAlone(before, after)
      const searchText = changedSearchColumn(before, after)
      const parameters = [...parametersOf(after, searchText), before.version, added, removed]
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
        const parameters = parametersOf(task, searchColumnOf(task))
        const inserted =
          ids.length === 0
            ? record(statements.insert, parameters, createdTask(task))
            : record(statements.insertWithCategories, [...parameters, ids], createdTask(task))
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

      ...makeTaskLists(database, {
        connections: connectionsOf(client),
        rowsPerStatement: yield* RowsPerStatement,
      }),

      update: (before, after) =>
        before.categories === after.categories ? updateAlone(before, after) : updateAndAssign(before, after),

      updateFields: (userId, taskId, version, changes, at) => {
        const write = writeOfChanges({ userId, taskId, version }, changes, at)
        if (write === null) return Effect.succeed(null)
        return Effect.map(record<TaskRow>(write.statement, write.parameters, write.change), ([row]) =>
          row === undefined ? null : toTask(row),
        )
      },

      delete: (userId, taskId, deletedAt, accepted = "any") =>
        accepted === "any" ? deleteAny(userId, taskId, deletedAt) : deleteVersion(userId, taskId, deletedAt, accepted),

      restore: ({ task }, restored) => {
        const change = changedTask(task, restored)
        const written = record(
          statements.restore,
          parametersOf(restored, searchColumnOf(restored)),
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
