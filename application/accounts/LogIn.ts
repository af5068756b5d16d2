import { Cause, Effect, Exit, Option, Schema } from "effect"
import { InvalidCredentials } from "../../domain/accounts/AccountErrors.ts"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { OfferedPassword } from "../../domain/accounts/Password.ts"
import { rehash, type UserAccount } from "../../domain/accounts/UserAccount.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { LoginThrottle } from "./LoginThrottle.ts"
import { PasswordHasher } from "./PasswordHasher.ts"
import { startSession } from "./StartSession.ts"

export const LogIn = Schema.Struct({ email: EmailAddress, password: OfferedPassword, ip: Schema.String })
export interface LogIn extends Schema.Schema.Type<typeof LogIn> {}

/** Starts a session for who knows the password. */
export const logIn = Effect.fn("logIn")(function* (command: LogIn) {
  const throttle = yield* LoginThrottle
  yield* throttle.admit(command)
  const account = yield* checkPassword(command).pipe(
    Effect.onExit((exit) => {
      if (Exit.isSuccess(exit)) return throttle.succeed(command)
      return Cause.hasFails(exit.cause) ? throttle.fail(command) : throttle.withdraw(command)
    }),
  )
  yield* renewWeakHash(account, command.password)
  return { account, tokens: yield* startSession(account.id) }
})

const checkPassword = Effect.fnUntraced(function* (command: LogIn) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const account = Option.getOrNull(yield* accounts.findByEmail(command.email))
  const isRight = yield* hasher.verify(command.password, account?.passwordHash ?? null)
  return account !== null && isRight ? account : yield* Effect.fail(new InvalidCredentials())
})

/** The only moment at which the password is at hand to be hashed with today's parameters. */
const renewWeakHash = Effect.fnUntraced(function* (account: UserAccount, password: OfferedPassword) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const { atomically } = yield* UnitOfWork
  if (!hasher.isWeak(account.passwordHash)) return
  const passwordHash = yield* hasher.hash(password)
  yield* atomically(
    Effect.gen(function* () {
      const latest = yield* accounts.getForUpdate(account.id)
      // A password that was changed meanwhile stays changed.
      if (latest.passwordHash === account.passwordHash) yield* accounts.update(rehash(latest, passwordHash))
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.fail(new InvalidCredentials())))
})
