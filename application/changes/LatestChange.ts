/** The use case that says how far a user's history goes. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { useCase } from "../shared/UseCase.ts"
import { ChangeRepository } from "./ChangeRepository.ts"

export const LatestChange = Schema.Struct({ userId: UserId })
export interface LatestChange extends Schema.Schema.Type<typeof LatestChange> {}

/**
 * Returns the sequence number of the user's newest change; null if there is no account. While it is the same, so are all tasks
 * and categories of the user: every write of one records a change.
 */
export const latestChange = useCase("latestChange")(function* ({ userId }: LatestChange) {
  const changes = yield* ChangeRepository
  const latest = yield* changes.latestOf([userId])
  return latest.get(userId) ?? null
})
