import { Effect } from "effect"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Tells a task that is somebody else's from one that does not exist. Only a miss pays for the second question, so that
 * a user's own tasks are always found by user and id.
 */
export const failIfNotOwner = <A, E, R>(
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
