/** Runs one operation of a batch with its use case. */
import { Data, Effect, Option } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { type BatchReference, parseReference, type ReferenceText } from "../../domain/changes/BatchReference.ts"
import type { Entity, TaskValues } from "../../domain/changes/EntityState.ts"
import type { Merge } from "../../domain/changes/StaleVersion.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { createCategory } from "../categories/CreateCategory.ts"
import { deleteCategory } from "../categories/DeleteCategory.ts"
import { restoreCategory } from "../categories/RestoreCategory.ts"
import { updateCategory } from "../categories/UpdateCategory.ts"
import { assignCategory } from "../tasks/AssignCategory.ts"
import { createTask } from "../tasks/CreateTask.ts"
import { deleteTask } from "../tasks/DeleteTask.ts"
import { type MergedTask, mergeTask } from "../tasks/MergeTask.ts"
import { removeCategory } from "../tasks/RemoveCategory.ts"
import { restoreTask } from "../tasks/RestoreTask.ts"
import { updateTask } from "../tasks/UpdateTask.ts"
import type { BatchOperation } from "./BatchOperation.ts"

/** The operation names what an earlier one was to create, and that one was refused. */
export class ReferenceNotCreated extends Data.TaggedError("ReferenceNotCreated")<{
  readonly entity: Entity
  readonly name: BatchReference
}> {}

/** What an operation leaves: the task or category as it is now, or neither if it was deleted or taken off. */
export type OperationResult =
  | {
      readonly _tag: "Task"
      readonly task: Task
      readonly isNew: boolean
      /** How the change was merged. Null if it was not. */
      readonly merged: Merge<TaskValues> | null
    }
  | { readonly _tag: "Category"; readonly category: Category; readonly isNew: boolean }
  | { readonly _tag: "Gone" }

const gone: OperationResult = { _tag: "Gone" }
const ofTask = (task: Task, isNew = false): OperationResult => ({ _tag: "Task", task, isNew, merged: null })
const ofMerged = ({ merged, task }: MergedTask): OperationResult => ({ _tag: "Task", task, isNew: false, merged })
const ofCategory = (category: Category, isNew = false): OperationResult => ({ _tag: "Category", category, isNew })

/**
 * Makes the function that runs the operations of one user's batch, one after the other. It remembers what they create
 * under names. The user's history MUST be locked.
 */
export const makeRunOperation = (userId: UserId) => {
  const created = new Map<BatchReference, TaskId | CategoryId>()

  // `CheckBatch.ts` has compared the kinds of thing, so the id is of the expected one.
  const resolve = <Id extends TaskId | CategoryId>(
    entity: Entity,
    target: Id | ReferenceText,
  ): Effect.Effect<Id, ReferenceNotCreated> =>
    Option.match(parseReference(target), {
      onNone: () => Effect.succeed(target as Id),
      onSome: (name) => {
        const id = created.get(name)
        return id === undefined ? new ReferenceNotCreated({ entity, name }) : Effect.succeed(id as Id)
      },
    })
  const resolveTask = (target: TaskId | ReferenceText) => resolve<TaskId>("task", target)
  const resolveCategory = (target: CategoryId | ReferenceText) => resolve<CategoryId>("category", target)

  const remember = (ref: BatchReference | undefined, id: TaskId | CategoryId): void => {
    if (ref !== undefined) created.set(ref, id)
  }

  const run = Effect.fnUntraced(function* (operation: BatchOperation) {
    switch (operation._tag) {
      case "CreateCategory": {
        const category = yield* createCategory({ ...operation, userId })
        remember(operation.ref, category.id)
        return ofCategory(category, true)
      }
      case "CreateTask": {
        const categoryIds = yield* Effect.forEach(operation.categoryIds ?? [], resolveCategory)
        const task = yield* createTask({ ...operation, userId, categoryIds })
        remember(operation.ref, task.id)
        return ofTask(task, true)
      }
      case "UpdateTask": {
        const taskId = yield* resolveTask(operation.taskId)
        const update = { ...operation, userId, taskId, version: operation.version ?? "any" }
        return operation.onConflict === "merge" ? ofMerged(yield* mergeTask(update)) : ofTask(yield* updateTask(update))
      }
      case "AssignCategory": {
        const taskId = yield* resolveTask(operation.taskId)
        const categoryId = yield* resolveCategory(operation.categoryId)
        return ofTask(yield* assignCategory({ userId, taskId, categoryId, version: operation.version }))
      }
      case "RemoveCategory": {
        const taskId = yield* resolveTask(operation.taskId)
        const categoryId = yield* resolveCategory(operation.categoryId)
        yield* removeCategory({ userId, taskId, categoryId, version: operation.version })
        return gone
      }
      case "DeleteTask": {
        const taskId = yield* resolveTask(operation.taskId)
        yield* deleteTask({ userId, taskId, version: operation.version })
        return gone
      }
      case "RestoreTask": {
        const taskId = yield* resolveTask(operation.taskId)
        return ofTask(yield* restoreTask({ userId, taskId, version: operation.version }))
      }
      case "DeleteCategory": {
        const categoryId = yield* resolveCategory(operation.categoryId)
        yield* deleteCategory({ userId, categoryId, version: operation.version })
        return gone
      }
      case "UpdateCategory": {
        const categoryId = yield* resolveCategory(operation.categoryId)
        const version = operation.version ?? "any"
        return ofCategory(yield* updateCategory({ ...operation, userId, categoryId, version }))
      }
      case "RestoreCategory": {
        const categoryId = yield* resolveCategory(operation.categoryId)
        return ofCategory(yield* restoreCategory({ userId, categoryId, version: operation.version }))
      }
    }
  })

  return (operation: BatchOperation) =>
    // The history is locked, so the account cannot be deleted meanwhile.
    Effect.catchTag(run(operation), "AccountNotFound", Effect.die)
}

/** How an operation is refused: by its use case, or because an earlier one was. */
export type OperationError = Effect.Error<ReturnType<ReturnType<typeof makeRunOperation>>>
