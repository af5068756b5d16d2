/** Reads the present states for an undo, and carries out the steps of its plan, on the rows of one user. */
import { HashMap } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Entity, EntityState } from "../../domain/changes/EntityState.ts"
import type { PresentStates, UndoStep, UndoStepOf } from "../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { nextVersion, type Version } from "../../domain/shared/Version.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { changesBetween, type Written } from "./MemoryRecordedWrite.ts"
import { categoryRow, isNameTaken, stateOfCategory, stateOfTask, taskRow, withCategory } from "./MemoryRows.ts"
import { type CategoryRow, ownedRows, type State, type TaskRow, type UserRows, withRows } from "./MemoryStore.ts"

/** What an undo asks for: `ChangeRepository.presentStates` says what each is. */
interface Named {
  readonly tasks: ReadonlyArray<TaskId>
  readonly categories: ReadonlyArray<CategoryId>
  readonly created: ReadonlyArray<CategoryId>
  readonly limit: number
}

const byId = <E extends Entity>(states: ReadonlyArray<EntityState<E>>) =>
  new Map(states.map((state) => [state.id, state] as const))

const usersOf = ({ tasks }: UserRows, categoryId: CategoryId, limit: number): ReadonlyArray<TaskId> => {
  const users: Array<TaskId> = []
  for (const { categoryIds, deletedAt, task } of HashMap.values(tasks)) {
    if (users.length >= limit) break
    if (deletedAt === null && categoryIds.includes(categoryId)) users.push(task.id)
  }
  return users
}

export const presentStates = (rows: UserRows, { categories, created, limit, tasks }: Named): PresentStates => {
  const living = HashMap.toValues(rows.categories).filter(({ deletedAt }) => deletedAt === null)
  const named = categories.flatMap((id) => categoryRow(rows, id) ?? [])
  return {
    tasks: byId(tasks.flatMap((id) => taskRow(rows, id) ?? []).map(stateOfTask)),
    categories: byId([...living, ...named].map(stateOfCategory)),
    usedBy: new Map(created.map((id) => [id, usersOf(rows, id, limit)])),
  }
}

const expectPlanned = (isPlanned: boolean): void => {
  if (!isPlanned) throw new Error("A step of an undo found another state than its plan")
}

/** Returns the thing as the step leaves it. Only a move to the trash is no new version. */
const taskAfter = (rows: UserRows, row: TaskRow, step: UndoStepOf<"task">, at: Timestamp): TaskRow => {
  const next = { ...row.task, version: nextVersion(row.task.version), updatedAt: at }
  switch (step.op) {
    case "deleted":
      expectPlanned(row.deletedAt === null)
      return { ...row, deletedAt: at }
    case "restored":
      expectPlanned(row.deletedAt !== null)
      return { ...row, task: next, deletedAt: null }
    case "updated": {
      const { categoryIds = row.categoryIds, ...fields } = step.patch
      const stored = categoryIds.filter((id) => categoryRow(rows, id) !== undefined)
      return { ...row, task: { ...next, ...fields }, categoryIds: stored }
    }
  }
}

const categoryAfter = (row: CategoryRow, step: UndoStepOf<"category">, at: Timestamp): CategoryRow => {
  const next = { ...row.category, version: nextVersion(row.category.version), updatedAt: at }
  switch (step.op) {
    case "deleted":
      expectPlanned(row.deletedAt === null)
      return { ...row, deletedAt: at }
    case "restored":
      expectPlanned(row.deletedAt !== null)
      return { category: next, deletedAt: null }
    case "updated":
      return { ...row, category: { ...next, ...step.patch } }
  }
}

/**
 * Carries out one step, and returns the new version.
 *
 * @throws Error if the rows are not those that the plan was made from.
 */
export const carryOut = (state: State, userId: UserId, step: UndoStep, at: Timestamp): Written<Version> => {
  const rows = ownedRows(state, userId)
  if (step.entity === "task") {
    const before = taskRow(rows, step.entityId)
    if (before === undefined) throw new Error(`A step of an undo names the task ${step.entityId}, which does not exist`)
    const after = taskAfter(rows, before, step, at)
    return {
      value: after.task.version,
      state: withRows(state, userId, { ...rows, tasks: HashMap.set(rows.tasks, step.entityId, after) }),
      changes: changesBetween(stateOfTask(before), stateOfTask(after)),
    }
  }
  const before = categoryRow(rows, step.entityId)
  if (before === undefined)
    throw new Error(`A step of an undo names the category ${step.entityId}, which does not exist`)
  const after = categoryAfter(before, step, at)
  expectPlanned(after.deletedAt !== null || !isNameTaken(rows, after.category))
  return {
    value: after.category.version,
    state: withRows(state, userId, withCategory(rows, before, after)),
    changes: changesBetween(stateOfCategory(before), stateOfCategory(after)),
  }
}
