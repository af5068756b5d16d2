/** Tells why a task is not in the user's trash. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { NotDeleted } from "../../domain/shared/NotDeleted.ts"
import type { NotOwner } from "../../domain/shared/NotOwner.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Replaces `TaskNotFound`: with `NotDeleted` if the user has the task and it is not deleted, and with `NotOwner` if
 * another user has it. Only a miss costs these queries.
 */
export const failIfNotInTrash = <A, E, R>(
  userId: UserId,
  taskId: TaskId,
  found: Effect.Effect<A, E | TaskNotFound, R>,
): Effect.Effect<A, E | TaskNotFound | NotDeleted | NotOwner, R | TaskRepository> =>
  Effect.catch(
    found,
    (error): Effect.Effect<never, E | TaskNotFound | NotDeleted | NotOwner, TaskRepository> =>
      error instanceof TaskNotFound
        ? Effect.flatMap(TaskRepository, ({ get }) =>
            Effect.flatMap(failIfNotTaskOwner(userId, get(userId, taskId)), () =>
              Effect.fail(new NotDeleted({ resource: "task" })),
            ),
          )
        : Effect.fail(error),
  )
