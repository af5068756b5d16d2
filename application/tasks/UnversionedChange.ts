import { Effect } from "effect"
import { VersionConflict } from "../../domain/tasks/TaskErrors.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Makes a change for which the caller named no version: it is decided on the task as `get` gives it, and stored with
 * that version. Hardly ever does anybody come between; where somebody does, it is decided once more with the task held,
 * so that it is done whoever else is at it.
 */
export const changeUnversioned = Effect.fnUntraced(function* <A, E, R>(
  change: (get: TaskRepository["Service"]["get"]) => Effect.Effect<A, E | VersionConflict, R>,
) {
  const tasks = yield* TaskRepository
  const { atomically } = yield* UnitOfWork
  return yield* Effect.catch(change(tasks.get), (error) =>
    error instanceof VersionConflict
      ? Effect.catch(atomically(change(tasks.getForUpdate)), (again) =>
          // Nobody else can have changed a task that is held.
          again instanceof VersionConflict ? Effect.die(again) : Effect.fail(again),
        )
      : Effect.fail(error),
  )
})
