/** Runs writes while all other writers of the user wait. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { ChangeRepository } from "./ChangeRepository.ts"

/** Runs the write in a unit of work in which no other writer can change the user's tasks and categories. */
export const lockFirst = Effect.fnUntraced(function* <A, E, R>(userId: UserId, write: Effect.Effect<A, E, R>) {
  const { atomically } = yield* UnitOfWork
  const { lock } = yield* ChangeRepository
  // Without an account the user has no tasks and categories, and the write fails for that.
  return yield* atomically(Effect.andThen(Effect.ignore(lock(userId)), write))
})
