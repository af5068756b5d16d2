import { Effect } from "effect"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import type { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Tells a task that is somebody else's from one that does not exist. Only a miss pays for the second question, so that
 * a user's own tasks are always found by user and id.
 */
export const orNotOwner = <A, R>(
  found: Effect.Effect<A, TaskNotFound, R>,
): Effect.Effect<A, TaskNotFound | NotOwner, R | TaskRepository> =>
  Effect.catch(found, (missing) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const isOthers = yield* tasks.exists(missing.taskId)
      return yield* Effect.fail(isOthers ? new NotOwner({ resource: "task" }) : missing)
    }),
  )
