/** Repeats a write of a category after a version conflict that the caller accepts. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryVersionConflict } from "../../domain/categories/Category.ts"
import { type AcceptedVersions, accepts } from "../../domain/shared/Version.ts"
import { ChangeRepository } from "../changes/ChangeRepository.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"

/** Runs the write in a unit of work in which no other writer can change the user's tasks and categories. */
export const lockFirst = Effect.fnUntraced(function* <A, E, R>(userId: UserId, write: Effect.Effect<A, E, R>) {
  const { atomically } = yield* UnitOfWork
  const { lock } = yield* ChangeRepository
  // Without an account the user has no categories, and the write fails for that.
  return yield* atomically(Effect.andThen(Effect.ignore(lock(userId)), write))
})

/**
 * Runs the write. After a lost race (rare), runs it once more with the categories locked, if the caller accepts the new
 * version. It cannot lose again.
 */
export const retryLocked = <A, E, R>(userId: UserId, accepted: AcceptedVersions, write: Effect.Effect<A, E, R>) =>
  Effect.catch(write, (error) =>
    error instanceof CategoryVersionConflict && accepts(accepted, error.current.version)
      ? lockFirst(userId, write)
      : Effect.fail(error),
  )
