/** Reads the present states for an undo, and carries out the steps of its plan, on PostgreSQL. */
import { Effect, Struct } from "effect"
import type { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import {
  type CategoryValues,
  categoryState,
  differenceOf,
  type Entity,
  type EntityState,
  type TaskValues,
  taskState,
} from "../../domain/changes/EntityState.ts"
import type { UndoStep } from "../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Version } from "../../domain/shared/Version.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { toJson } from "./ChangeColumns.ts"
import type { Parameters, PostgresStatements } from "./client/PostgresStatements.ts"
import { type RecordedChange, type RecordedWrite, runRecorded } from "./RecordedWrite.ts"
import { fieldColumns, type TaskRow } from "./TaskColumns.ts"
import * as statements from "./UndoStatements.ts"

type TaskStateRow = Pick<TaskRow, "id" | "version" | (typeof fieldColumns)[keyof typeof fieldColumns]> & {
  readonly is_deleted: boolean
  readonly category_ids: ReadonlyArray<CategoryId>
}

interface CategoryStateRow extends CategoryValues {
  readonly id: CategoryId
  readonly version: Version
  readonly is_deleted: boolean
}

const toTaskState = (row: TaskStateRow): EntityState<"task"> => {
  const { category_ids, description, due_date, id, is_deleted, priority, status, title, version } = row
  return taskState({ id, version, title, description, status, priority, dueDate: due_date }, category_ids, is_deleted)
}

const byId = <E extends Entity>(states: ReadonlyArray<EntityState<E>>) =>
  new Map(states.map((state) => [state.id, state]))

const nothing = { before: null, after: null }

export const makeUndoSteps = (
  database: PostgresStatements,
): Pick<ChangeRepository["Service"], "presentStates" | "carryOut"> => {
  const record = runRecorded(database)

  const taskStates = (userId: UserId, ids: ReadonlyArray<TaskId>) =>
    Effect.map(database.read<TaskStateRow>(statements.selectTaskStates, [userId, ids]), (rows) => rows.map(toTaskState))

  const categoryStates = (userId: UserId, ids: ReadonlyArray<CategoryId>) =>
    Effect.map(database.read<CategoryStateRow>(statements.selectCategoryStates, [userId, ids]), (rows) =>
      rows.map((row) => categoryState(row, row.is_deleted)),
    )

  /** Runs the write of a step. It was planned with the history locked, so nothing can stand in its way. */
  const run = (
    write: RecordedWrite,
    parameters: Parameters,
    at: Timestamp,
    values: Pick<RecordedChange, "before" | "after"> = nothing,
  ) =>
    Effect.flatMap(record<{ readonly version: Version }>(write, parameters, { at, ...values }), ([row]) =>
      row === undefined
        ? Effect.die(new Error("A step of an undo found another state than its plan"))
        : Effect.succeed(row.version),
    )

  const find = <E extends Entity>(states: ReadonlyArray<EntityState<E>>, id: TaskId | CategoryId) => {
    const state = states.find((each) => each.id === id)
    return state === undefined
      ? Effect.die(new Error(`A step of an undo names ${id}, which does not exist`))
      : Effect.succeed(state)
  }

  const updateTask = Effect.fnUntraced(function* (
    userId: UserId,
    taskId: TaskId,
    patch: Partial<TaskValues>,
    at: Timestamp,
  ) {
    const present = yield* find(yield* taskStates(userId, [taskId]), taskId)
    const target = { ...present.values, ...patch }
    const { after, before } = differenceOf<Partial<TaskValues>>(
      Struct.omit(present.values, ["categoryIds"]),
      Struct.omit(target, ["categoryIds"]),
    )
    const fields = Struct.keys(fieldColumns).map((field) => target[field])
    const json = { before: toJson("task", before), after: toJson("task", after) }
    return yield* patch.categoryIds === undefined
      ? run(statements.updateTask, [userId, taskId, at, ...fields], at, json)
      : run(statements.updateTaskAndCategories, [userId, taskId, at, ...fields, patch.categoryIds], at, json)
  })

  const updateCategory = Effect.fnUntraced(function* (
    userId: UserId,
    categoryId: CategoryId,
    patch: Partial<CategoryValues>,
    at: Timestamp,
  ) {
    const present = yield* find(yield* categoryStates(userId, [categoryId]), categoryId)
    const target = { ...present.values, ...patch }
    const { after, before } = differenceOf<CategoryValues>(present.values, target)
    const json = { before: toJson("category", before), after: toJson("category", after) }
    return yield* run(statements.updateCategory, [userId, categoryId, at, target.name, target.color], at, json)
  })

  const carryOut = (userId: UserId, step: UndoStep, at: Timestamp): Effect.Effect<Version> => {
    if (step.op !== "updated") {
      return run(statements.moves[step.entity][step.op], [userId, step.entityId, at], at)
    }
    return step.entity === "task"
      ? updateTask(userId, step.entityId, step.patch, at)
      : updateCategory(userId, step.entityId, step.patch, at)
  }

  return {
    presentStates: Effect.fnUntraced(function* (userId, { categories, created, limit, tasks }) {
      const usedBy = new Map<CategoryId, Array<TaskId>>(created.map((id) => [id, []]))
      if (created.length > 0) {
        const users = yield* database.read<{ readonly category_id: CategoryId; readonly task_id: TaskId }>(
          statements.selectUsers,
          [userId, created, limit],
        )
        for (const { category_id, task_id } of users) usedBy.get(category_id)?.push(task_id)
      }
      return {
        tasks: byId(yield* taskStates(userId, tasks)),
        categories: byId(yield* categoryStates(userId, categories)),
        usedBy,
      }
    }),

    carryOut: (userId, step, at) =>
      Effect.updateService(carryOut(userId, step, at), CurrentMutation, (mutation) => ({
        ...mutation,
        undoes: step.undoes,
      })),
  }
}
