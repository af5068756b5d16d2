import { Effect, Schema } from "effect"
import { profileOf } from "../../domain/accounts/Profile.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { ProfileCache } from "./ProfileCache.ts"

export const GetAccount = Schema.Struct({ userId: UserId })
export interface GetAccount extends Schema.Schema.Type<typeof GetAccount> {}

/** The user's own account: who am I? */
export const getAccount = Effect.fn("getAccount")(function* (command: GetAccount) {
  const accounts = yield* AccountRepository
  const profiles = yield* ProfileCache
  return yield* profiles.get(command.userId, Effect.map(accounts.get(command.userId), profileOf))
})
