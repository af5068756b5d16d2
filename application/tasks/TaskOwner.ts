/** The ownership check for tasks. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Fails with `NotOwner` instead of `TaskNotFound` if the task belongs to another user, and says if the user has deleted
 * it. Only a miss costs these queries, so a user's own tasks are always read by user and id.
 */
export const failIfNotTaskOwner = <A, E, R>(
  userId: UserId,
  found: Effect.Effect<A, E | TaskNotFound, R>,
): Effect.Effect<A, E | TaskNotFound | NotOwner, R | TaskRepository> =>
  Effect.catch(
    found,
    (error): Effect.Effect<never, E | TaskNotFound | NotOwner, TaskRepository> =>
      error instanceof TaskNotFound ? explainMiss(userId, error) : Effect.fail(error),
  )

const explainMiss = Effect.fnUntraced(function* (userId: UserId, missing: TaskNotFound) {
  const { taskId } = missing
  const tasks = yield* TaskRepository
  if (yield* tasks.exists(taskId)) return yield* new NotOwner({ resource: "task" })
  const { deletedAt } = yield* Effect.catch(tasks.getDeleted(userId, taskId), () => Effect.fail(missing))
  return yield* new TaskNotFound({ taskId, deletedAt })
})
