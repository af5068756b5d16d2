/** The use case that changes the fields of a task beside those that were changed since. */
import { Effect, Struct } from "effect"
import type { TaskValues } from "../../domain/changes/EntityState.ts"
import { divergenceOf, type Merge, StaleTaskVersion } from "../../domain/changes/StaleVersion.ts"
import { accepts } from "../../domain/shared/Version.ts"
import * as Task from "../../domain/tasks/Task.ts"
import { fieldNames } from "../../domain/tasks/TaskFields.ts"
import { rebaseTask } from "../changes/ExplainConflict.ts"
import { mapResult, writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"
import { type UpdateTask, updateTask } from "./UpdateTask.ts"

/** A changed task. `merged` is null if the caller accepts the version that the change was applied to. */
export interface MergedTask {
  readonly task: Task.Task
  readonly merged: Merge<TaskValues> | null
}

/** Returns the result of a change that needed no merge. */
export const unmerged = (task: Task.Task): MergedTask => ({ task, merged: null })

/**
 * Changes the user's task as `updateTask` does. But if the version is stale and no field is in conflict, applies the
 * change to the present version. Then the task is locked, so that no other writer can interfere.
 */
export const mergeTask = useCase("mergeTask")(function* (command: UpdateTask) {
  const { taskId, userId, version: accepted } = command
  const tasks = yield* TaskRepository
  const { atomically } = yield* UnitOfWork
  const at = yield* now
  const update = mapResult(unmerged, updateTask(command))
  const merge = Effect.gen(function* () {
    const current = yield* failIfNotTaskOwner(userId, tasks.getForUpdate(userId, taskId))
    // A later writer can have raised the version to an accepted one.
    if (accepts(accepted, current.version)) return yield* update
    const { base, rebase } = yield* rebaseTask(userId, current, { accepted, patch: Struct.pick(command, fieldNames) })
    if (base === null || rebase === null || !rebase.isMergeable) {
      return yield* new StaleTaskVersion({ base, current, divergence: divergenceOf(rebase) })
    }
    const task = yield* Effect.fromResult(Task.change(current, Struct.pick(rebase.patch, fieldNames), at))
    const result: MergedTask = { task, merged: { base, onto: current.version, kept: rebase.changedFields } }
    if (task === current) return result
    // The version cannot be stale, because the task is locked. The change adds no category, so none can be missing.
    yield* Effect.catchTags(writeWithResult(result, tasks.update(current, task)), {
      VersionConflict: Effect.die,
      CategoryNotFound: Effect.die,
    })
    return result
  })
  return yield* Effect.catchTag(update, "StaleTaskVersion", (conflict) =>
    conflict.divergence?.isMergeable === true ? atomically(merge) : Effect.fail(conflict),
  )
})
