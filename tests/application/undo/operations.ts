/** Carries out the operations of the change model with the use cases, in batches as requests make them. */
import { Effect } from "effect"
import * as fc from "fast-check"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { createCategory } from "../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { lockFirst } from "../../../application/changes/LockFirst.ts"
import { now } from "../../../application/shared/Now.ts"
import { assignCategory } from "../../../application/tasks/AssignCategory.ts"
import { deleteTask } from "../../../application/tasks/DeleteTask.ts"
import { getTask } from "../../../application/tasks/GetTask.ts"
import { importTask } from "../../../application/tasks/ImportTask.ts"
import { removeCategory } from "../../../application/tasks/RemoveCategory.ts"
import { restoreTask } from "../../../application/tasks/RestoreTask.ts"
import { updateTask } from "../../../application/tasks/UpdateTask.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import * as Category from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import type { TaskValues } from "../../../domain/changes/EntityState.ts"
import { plusMillis } from "../../../domain/shared/Timestamp.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { type Operation, operation } from "../../support/changeModel.ts"
import { asRequest } from "../../support/requests.ts"

/** The things of a user in the order of their creation, deleted ones included. */
export interface Things {
  readonly userId: UserId
  readonly tasks: Array<TaskId>
  readonly categories: Array<CategoryId>
}

const century = 100 * 365 * 24 * 60 * 60 * 1000

/** Due dates of new input lie in the future. */
const inFuture = <V extends Partial<TaskValues>>(values: V): V =>
  typeof values.dueDate === "string" ? { ...values, dueDate: plusMillis(values.dueDate, century) } : values

const nth = <A>(all: ReadonlyArray<A>, number: number): ReadonlyArray<A> =>
  all.length === 0 ? [] : all.slice(number % all.length, (number % all.length) + 1)

const perform = Effect.fnUntraced(function* ({ categories, tasks, userId }: Things, operation: Operation) {
  const repository = yield* CategoryRepository
  const [taskId] = "task" in operation ? nth(tasks, operation.task) : []
  const [categoryId] = "category" in operation ? nth(categories, operation.category) : []
  switch (operation.do) {
    case "createTask": {
      const living = new Set((yield* repository.list(userId)).map(({ id }) => id))
      const chosen = operation.categories.flatMap((number) => nth(categories, number)).filter((id) => living.has(id))
      const { categoryIds: _, ...fields } = inFuture(operation.values)
      const { id } = yield* importTask({ ...fields, userId, categoryIds: [...new Set(chosen)] })
      tasks.push(id)
      return
    }
    case "createCategory": {
      const { id } = yield* createCategory({ ...operation.values, userId })
      categories.push(id)
      return
    }
  }
  if (taskId !== undefined) {
    switch (operation.do) {
      case "updateTask": {
        const { categoryIds: _, ...patch } = inFuture(operation.patch)
        yield* updateTask({ ...patch, userId, taskId, version: "any" })
        return
      }
      case "toggleCategory": {
        if (categoryId === undefined) return
        const { categories } = yield* getTask({ userId, taskId })
        const isAssigned = categories.some(({ id }) => id === categoryId)
        if (isAssigned) yield* removeCategory({ userId, taskId, categoryId })
        else yield* assignCategory({ userId, taskId, categoryId })
        return
      }
      case "deleteTask":
        yield* deleteTask({ userId, taskId })
        return
      case "restoreTask":
        yield* restoreTask({ userId, taskId })
        return
    }
  }
  if (categoryId !== undefined) {
    switch (operation.do) {
      case "updateCategory": {
        const category = yield* repository.get(userId, categoryId)
        const changed = Category.change(category, operation.patch, yield* now)
        if (changed !== category) yield* repository.update(category, changed)
        return
      }
      case "deleteCategory":
        yield* deleteCategory({ userId, categoryId })
        return
      case "restoreCategory": {
        const deleted = yield* repository.getDeleted(userId, categoryId)
        yield* repository.restore(deleted, Category.restore(deleted, yield* now))
        return
      }
    }
  }
})

/**
 * Carries out the operations in one unit and one batch. One that the rules refuse changes nothing. Returns the batch;
 * null if none has changed anything.
 */
export const performBatch = Effect.fnUntraced(function* (
  things: Things,
  sessionId: SessionId,
  operations: ReadonlyArray<Operation>,
) {
  const { readBefore } = yield* ChangeRepository
  const all = Effect.forEach(operations, (each) => Effect.ignore(perform(things, each)), { discard: true })
  const { batchId } = yield* asRequest(sessionId, lockFirst(things.userId, all))
  const changes = yield* readBefore(things.userId, { batchId }, null, 1)
  return changes.length === 0 ? null : batchId
})

/** A batch of random operations, or the undo of an earlier batch, as far as that is possible. */
export const batches = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ operations: fc.array(operation, { maxLength: 12, size: "max" }) }) },
    { weight: 1, arbitrary: fc.record({ undo: fc.nat({ max: 20 }) }) },
  ),
  { maxLength: 8, size: "max" },
)
