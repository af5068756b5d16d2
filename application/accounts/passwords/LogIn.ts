/** The use case that logs a user in. */
import { Effect, Schema } from "effect"
import { InvalidCredentials } from "../../../domain/accounts/AccountErrors.ts"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { Device } from "../../../domain/accounts/Session.ts"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { startSession } from "../sessions/StartSession.ts"
import { PasswordHasher } from "./PasswordHasher.ts"
import { verifyCredentials } from "./VerifyPassword.ts"

export const LogIn = Schema.Struct({
  email: EmailAddress,
  password: SubmittedPassword,
  ip: Schema.String,
  device: Schema.NullOr(Device),
})
export interface LogIn extends Schema.Schema.Type<typeof LogIn> {}

/** Starts a session after verifying the password. */
export const logIn = useCase("logIn")(function* (command: LogIn) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const { atomically } = yield* UnitOfWork
  const checked = yield* verifyCredentials({ ...command, isSignedIn: false })
  const turn = { priority: "known", address: command.ip } as const
  // Only here is the password available for hashing with today's parameters.
  const strongerHash = hasher.isWeak(checked.passwordHash) ? yield* hasher.hash(command.password, turn) : null
  return yield* atomically(
    Effect.gen(function* () {
      const account = yield* accounts.getForUpdate(checked.id)
      if (account.disabledAt !== null) return yield* Effect.fail(new InvalidCredentials())
      // A change of password revokes all sessions, so none may start afterwards with the old password.
      const isUnchanged = account.passwordHash === checked.passwordHash
      if (!isUnchanged && !(yield* hasher.verify(command.password, account.passwordHash, turn))) {
        return yield* Effect.fail(new InvalidCredentials())
      }
      if (isUnchanged && strongerHash !== null) yield* accounts.update(UserAccount.rehash(account, strongerHash))
      return { account, tokens: yield* startSession(account.id, command.device) }
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.fail(new InvalidCredentials())))
})
