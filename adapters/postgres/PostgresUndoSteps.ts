/** Reads the present states for an undo, and carries out the steps of its plan, on PostgreSQL. */
import { Effect, Struct } from "effect"
import type { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { CurrentMutation, type Mutation } from "../../application/changes/Mutation.ts"
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
import type { UndoStep, UndoStepOf } from "../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Version } from "../../domain/shared/Version.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { toJson } from "./ChangeColumns.ts"
import type { Parameters, PostgresStatements } from "./client/PostgresStatements.ts"
import { insertRecord } from "./PostgresIdempotencyRecords.ts"
import { newChangeId, type RecordedChange } from "./RecordedChange.ts"
import { type RecordedWrite, runRecorded } from "./RecordedWrite.ts"
import { changedSearchColumn } from "./SearchColumns.ts"
import type { fieldColumns, TaskRow } from "./TaskColumns.ts"
import { taskSteps } from "./TaskStepStatements.ts"
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

interface WrittenRow {
  readonly number: number
  readonly version: Version
}

/** How many steps one statement carries out at most. */
const stepsAtOnce = 500

const toTaskState = (row: TaskStateRow): EntityState<"task"> => {
  const { category_ids, description, due_date, id, is_deleted, priority, status, title, version } = row
  return taskState({ id, version, title, description, status, priority, dueDate: due_date }, category_ids, is_deleted)
}

const byId = <E extends Entity>(states: ReadonlyArray<EntityState<E>>) =>
  new Map(states.map((state) => [state.id, state]))

const nothing = { before: null, after: null }

const isTaskStep = (step: UndoStep): step is UndoStepOf<"task"> & UndoStep => step.entity === "task"

/** Joins consecutive steps that one statement can carry out: the same operation on different tasks. */
const runsOf = (steps: ReadonlyArray<UndoStep>): ReadonlyArray<ReadonlyArray<UndoStep>> => {
  const runs: Array<Array<UndoStep>> = []
  let seen = new Set<string>()
  for (const step of steps) {
    const run = runs.at(-1)
    const isSame = step.entity === "task" && run?.[0]?.entity === "task" && run[0].op === step.op
    if (isSame && run !== undefined && run.length < stepsAtOnce && !seen.has(step.entityId)) run.push(step)
    else {
      runs.push([step])
      seen = new Set()
    }
    seen.add(step.entityId)
  }
  return runs
}

const otherState = () => Effect.die(new Error("A step of an undo found another state than its plan"))

const originOf = ({ actor, batchId, requestId }: Mutation): string =>
  JSON.stringify({
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    request_id: requestId,
    batch_id: batchId,
  })

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

  /** Returns what the statement has to know of an update of the task: all its fields, and how they differ. */
  const updateOf = (present: EntityState<"task">, patch: Partial<TaskValues>) => {
    const target = { ...present.values, ...patch }
    const { after, before } = differenceOf<Partial<TaskValues>>(
      Struct.omit(present.values, ["categoryIds"]),
      Struct.omit(target, ["categoryIds"]),
    )
    const { categoryIds } = patch
    return {
      ...toJson("task", Struct.omit(target, ["categoryIds"])),
      before: toJson(
        "task",
        categoryIds === undefined ? before : { ...before, categoryIds: present.values.categoryIds },
      ),
      after: toJson("task", after),
      category_ids: categoryIds ?? null,
      search_text: changedSearchColumn(present.values, target),
    }
  }

  /** Carries out the same operation on several tasks. */
  const runTaskSteps = Effect.fnUntraced(function* (
    userId: UserId,
    run: ReadonlyArray<UndoStepOf<"task">>,
    at: Timestamp,
  ) {
    const op = run[0]?.op
    if (op === undefined) return []
    const mutation = yield* CurrentMutation
    const states =
      op === "updated"
        ? byId(
            yield* taskStates(
              userId,
              run.map(({ entityId }) => entityId),
            ),
          )
        : null
    const steps = []
    for (const [number, step] of run.entries()) {
      const subject = { number, id: step.entityId, change_id: newChangeId(), undoes: step.undoes }
      if (step.op !== "updated") steps.push(subject)
      else {
        const present = states?.get(step.entityId)
        if (present === undefined) return yield* otherState()
        steps.push({ ...subject, ...updateOf(present, step.patch) })
      }
    }
    const written = yield* database.query<WrittenRow>(taskSteps[op], [
      userId,
      at,
      originOf(mutation),
      JSON.stringify(steps),
    ])
    if (written.length < run.length) return yield* otherState()
    mutation.onChange(userId)
    return written.toSorted((one, other) => one.number - other.number).map(({ version }) => version)
  })

  /** Runs the write of a step. It was planned with the history locked, so nothing can stand in its way. */
  const runCategoryWrite = (
    write: RecordedWrite,
    parameters: Parameters,
    at: Timestamp,
    values: Pick<RecordedChange, "before" | "after"> = nothing,
  ) =>
    Effect.flatMap(record<{ readonly version: Version }>(write, parameters, { at, ...values }), ([row]) =>
      row === undefined ? otherState() : Effect.succeed(row.version),
    )

  /** Categories go one by one, because their names have to be unique after each step. */
  const runCategoryStep = Effect.fnUntraced(function* (userId: UserId, step: UndoStepOf<"category">, at: Timestamp) {
    const { entityId } = step
    if (step.op !== "updated") return yield* runCategoryWrite(statements.moves[step.op], [userId, entityId, at], at)
    const present = byId(yield* categoryStates(userId, [entityId])).get(entityId)
    if (present === undefined) return yield* otherState()
    const target = { ...present.values, ...step.patch }
    const { after, before } = differenceOf<CategoryValues>(present.values, target)
    const json = { before: toJson("category", before), after: toJson("category", after) }
    const parameters = [userId, entityId, at, target.name, target.color]
    return yield* runCategoryWrite(statements.updateCategory, parameters, at, json)
  })

  const runSteps = Effect.fnUntraced(function* (userId: UserId, run: ReadonlyArray<UndoStep>, at: Timestamp) {
    const ofTasks = run.filter(isTaskStep)
    if (ofTasks.length > 0) return yield* runTaskSteps(userId, ofTasks, at)
    const versions: Array<Version> = []
    for (const step of run) {
      if (step.entity === "task") continue
      const carriedOut = runCategoryStep(userId, step, at)
      versions.push(
        yield* Effect.updateService(carriedOut, CurrentMutation, (mutation) => ({ ...mutation, undoes: step.undoes })),
      )
    }
    return versions
  })

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

    carryOut: Effect.fnUntraced(function* (userId, steps, at) {
      const mutation = yield* CurrentMutation
      const all = Effect.forEach(runsOf(steps), (run) => runSteps(userId, run, at))
      const versions = (yield* Effect.provideService(all, CurrentMutation, { ...mutation, record: null })).flat()
      if (versions.length > 0 && mutation.record !== null) yield* insertRecord(database)(userId, mutation.record)
      return versions
    }),
  }
}
