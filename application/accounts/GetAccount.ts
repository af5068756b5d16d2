import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { AccountRepository } from "./AccountRepository.ts"

export const GetAccount = Schema.Struct({ userId: UserId })
export interface GetAccount extends Schema.Schema.Type<typeof GetAccount> {}

/** The user's own account: who am I? */
export const getAccount = Effect.fn("getAccount")(function* (command: GetAccount) {
  const accounts = yield* AccountRepository
  return yield* accounts.get(command.userId)
})
