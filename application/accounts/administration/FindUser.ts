/** The use case that finds one account, for an operator. */
import { Effect, Schema } from "effect"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"

export const FindUser = Schema.Struct({
  /** How an operator names an account. */
  user: Schema.Union([
    Schema.Struct({ _tag: Schema.tag("Id"), id: UserId }),
    Schema.Struct({ _tag: Schema.tag("Email"), email: EmailAddress }),
  ]),
})
export interface FindUser extends Schema.Schema.Type<typeof FindUser> {}

/** Returns the account with that id or email address, if any. */
export const findUser = useCase("findUser")(function* ({ user }: FindUser) {
  const accounts = yield* AccountRepository
  return user._tag === "Email" ? yield* accounts.findByEmail(user.email) : yield* Effect.option(accounts.get(user.id))
})
