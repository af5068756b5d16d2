/** The use case that creates an account. */
import { Effect, Schema } from "effect"
import { EmailTaken } from "../../../domain/accounts/AccountErrors.ts"
import * as CommonPasswords from "../../../domain/accounts/CommonPasswords.ts"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { ownerEmail } from "../../../domain/accounts/Owner.ts"
import { Password } from "../../../domain/accounts/Password.ts"
import { Device } from "../../../domain/accounts/Session.ts"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { queueEmail } from "../../outbox/QueueEmail.ts"
import { IdGenerator } from "../../shared/IdGenerator.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { LoginThrottle } from "../passwords/LoginThrottle.ts"
import { PasswordHasher } from "../passwords/PasswordHasher.ts"
import { startSession } from "../sessions/StartSession.ts"

export const Register = Schema.Struct({
  email: EmailAddress,
  password: Password,
  fullName: UserAccount.FullName,
  ip: Schema.String,
  device: Schema.NullOr(Device),
})
export interface Register extends Schema.Schema.Type<typeof Register> {}

/**
 * Creates an account, logs its user in, and queues an email to verify the address. Fails with `EmailTaken`, or with
 * `CommonPassword` for one of the most used passwords.
 */
export const register = useCase("register")(function* (command: Register) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const throttle = yield* LoginThrottle
  const ids = yield* IdGenerator
  const { atomically } = yield* UnitOfWork
  yield* Effect.fromResult(CommonPasswords.refuseCommon("password", command.password))
  // Hashed before the address is looked up, so that the response time does not reveal whether it is taken.
  const passwordHash = yield* hasher.hash(command.password, { priority: "fresh", address: command.ip })
  // It stands for an owner's missing address.
  if (command.email === ownerEmail) return yield* Effect.fail(new EmailTaken({ email: command.email }))
  const account = UserAccount.open(
    { id: yield* ids.next(UserId), email: command.email, fullName: command.fullName, passwordHash },
    yield* now,
  )
  const tokens = yield* atomically(
    Effect.gen(function* () {
      yield* accounts.insert(account)
      yield* queueEmail(account.id, "VerifyEmail")
      return yield* startSession(account.id, command.device)
    }),
  )
  yield* throttle.open(command)
  return { account, tokens }
})
