/** The use case that reads the caller's own account. */
import { Effect, Schema } from "effect"
import * as Profile from "../../domain/accounts/Profile.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { useCase } from "../shared/UseCase.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { ProfileCache } from "./ProfileCache.ts"

export const GetAccount = Schema.Struct({ userId: UserId })
export interface GetAccount extends Schema.Schema.Type<typeof GetAccount> {}

/** Returns the profile of the user's own account. */
export const getAccount = useCase("getAccount")(function* (command: GetAccount) {
  const accounts = yield* AccountRepository
  const profiles = yield* ProfileCache
  return yield* profiles.get(command.userId, Effect.map(accounts.get(command.userId), Profile.profileOf))
})
