/** Retries a change of a task after a version conflict that the caller accepts. */
import { Effect } from "effect"
import { type AcceptedVersions, accepts } from "../../domain/shared/Version.ts"
import { VersionConflict } from "../../domain/tasks/Task.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { TaskRepository } from "./TaskRepository.ts"

/**
 * Applies a change to the task that `get` returns, and stores it under the condition that the version is still the
 * same. If another writer wins the race (rare) and the caller accepts the new version, retries once with the task
 * locked. The second attempt cannot lose again. If the caller does not accept the new version, fails with
 * `VersionConflict`.
 */
export const retryOnConflict = Effect.fnUntraced(function* <A, E, R>(
  accepted: AcceptedVersions,
  change: (get: TaskRepository["Service"]["get"]) => Effect.Effect<A, E | VersionConflict, R>,
) {
  const tasks = yield* TaskRepository
  const { atomically } = yield* UnitOfWork
  const isAccepted = (error: E | VersionConflict) =>
    error instanceof VersionConflict && accepts(accepted, error.current.version)
  return yield* Effect.catch(change(tasks.get), (error) =>
    isAccepted(error)
      ? Effect.catch(atomically(change(tasks.getForUpdate)), (again) =>
          // No other writer can change a locked task.
          isAccepted(again) ? Effect.die(again) : Effect.fail(again),
        )
      : Effect.fail(error),
  )
})
