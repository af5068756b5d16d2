/** The use case that deletes an account. */
import { Effect, Schema } from "effect"
import { InvalidCredentials } from "../../../domain/accounts/AccountErrors.ts"
import { SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { verifyCredentials } from "../passwords/VerifyPassword.ts"
import { removeAccount } from "./RemoveAccount.ts"

export const DeleteAccount = Schema.Struct({ userId: UserId, password: SubmittedPassword, ip: Schema.String })
export interface DeleteAccount extends Schema.Schema.Type<typeof DeleteAccount> {}

/**
 * Deletes the account and everything that belongs to the user, after verifying the password. None of it can be
 * restored.
 */
export const deleteAccount = useCase("deleteAccount")(function* (command: DeleteAccount) {
  const accounts = yield* AccountRepository
  const { email } = yield* accounts.get(command.userId)
  const checked = yield* verifyCredentials({ email, password: command.password, ip: command.ip, isSignedIn: true })
  yield* removeAccount(command.userId, "user", (account) =>
    // The password may have changed since it was verified.
    account.passwordHash === checked.passwordHash ? Effect.void : Effect.fail(new InvalidCredentials()),
  )
})
