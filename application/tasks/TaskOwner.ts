/** The ownership check for tasks. */
import { Effect } from "effect"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Fails with `NotOwner` instead of `TaskNotFound` if the task belongs to another user. Only a miss costs the second
 * query, so a user's own tasks are always read by user and id.
 */
export const failIfNotTaskOwner = <A, E, R>(
  found: Effect.Effect<A, E | TaskNotFound, R>,
): Effect.Effect<A, E | TaskNotFound | NotOwner, R | TaskRepository> =>
  Effect.catch(
    found,
    (error): Effect.Effect<never, E | TaskNotFound | NotOwner, TaskRepository> =>
      error instanceof TaskNotFound
        ? Effect.flatMap(TaskRepository, ({ exists }) =>
            Effect.flatMap(exists(error.taskId), (isOthers) =>
              Effect.fail(isOthers ? new NotOwner({ resource: "task" }) : error),
            ),
          )
        : Effect.fail(error),
  )
