/** The use case that lists a user's API tokens. */
import { Schema } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { now } from "../../shared/Now.ts"
import { useCase } from "../../shared/UseCase.ts"
import { ApiTokenRepository } from "./ApiTokenRepository.ts"

export const ListApiTokens = Schema.Struct({ userId: UserId })
export interface ListApiTokens extends Schema.Schema.Type<typeof ListApiTokens> {}

/** Returns the user's valid tokens, the newest first. */
export const listApiTokens = useCase("listApiTokens")(function* ({ userId }: ListApiTokens) {
  const tokens = yield* ApiTokenRepository
  return yield* tokens.list(userId, yield* now)
})
