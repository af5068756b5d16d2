/** Verifies a user's credentials, for every use case that asks for the password. */
import { Cause, Effect, Exit, Option } from "effect"
import { InvalidCredentials } from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { isOwner } from "../../../domain/accounts/Owner.ts"
import type { SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { audit } from "../../audit/Audit.ts"
import { AccountRepository } from "../AccountRepository.ts"
import type { HashingTurn } from "./HashingTurn.ts"
import { LoginThrottle } from "./LoginThrottle.ts"
import { PasswordHasher } from "./PasswordHasher.ts"

interface Credentials {
  readonly email: EmailAddress
  readonly password: SubmittedPassword
  readonly ip: string
  /** Whether a session of the account was presented, so that the caller is known. */
  readonly isSignedIn: boolean
}

/**
 * Returns the account with this email address and password, unless it is disabled. Failures are counted, and too many
 * lock the login.
 */
export const verifyCredentials = Effect.fnUntraced(function* (credentials: Credentials) {
  const throttle = yield* LoginThrottle
  const admitted = yield* Effect.tapError(throttle.begin(credentials), () =>
    audit({ event: "login.locked_out", isSignedIn: credentials.isSignedIn }),
  )
  // An unknown email address takes the same turn, so that the wait does not reveal whether there is an account.
  const turn = { priority: credentials.isSignedIn ? "known" : admitted, address: credentials.ip } as const
  return yield* compare(credentials, turn).pipe(
    Effect.onExit((exit) => {
      if (Exit.isSuccess(exit)) return throttle.recordSuccess(credentials)
      return Cause.hasFails(exit.cause) ? throttle.recordFailure(credentials) : throttle.cancel(credentials)
    }),
  )
})

const compare = Effect.fnUntraced(function* ({ email, isSignedIn, password }: Credentials, turn: HashingTurn) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const found = Option.getOrNull(yield* accounts.findByEmail(email))
  // An owner has no password, so the address counts as unknown.
  const account = found === null || isOwner(found) ? null : found
  const isRight = yield* hasher.verify(password, account?.passwordHash ?? null, turn)
  if (account !== null && account.disabledAt === null && isRight) return account
  yield* audit({ event: "login.failed", userId: account?.id ?? null, isSignedIn })
  return yield* Effect.fail(new InvalidCredentials())
})
