/** Repeats a write of a category after a version conflict that the caller accepts. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryVersionConflict } from "../../domain/categories/Category.ts"
import { type AcceptedVersions, accepts } from "../../domain/shared/Version.ts"
import { lockFirst } from "../changes/LockFirst.ts"

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
