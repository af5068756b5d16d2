/** Holds a password reset to its token's single use and to the revocation of every session. */
import { expect, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { issueVerificationToken } from "../../application/accounts/email/IssueVerificationToken.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import { ResetPassword, resetPassword } from "../../application/accounts/passwords/ResetPassword.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { refreshSession } from "../../application/accounts/sessions/RefreshSession.ts"
import { OpaqueTokens } from "../../application/accounts/tokens/OpaqueTokens.ts"
import { now } from "../../application/shared/Now.ts"
import { memory } from "../../bootstrap/memory.ts"
import { issue } from "../../domain/accounts/PasswordReset.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { logInCommand, registerUser, rightPassword } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"
import { newUserId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const newPassword = "Another horse 2"
const command = (token: string, password = newPassword) => read(ResetPassword)({ token, password })

/** Issues a token as it is sent to the user. */
const openReset = Effect.fnUntraced(function* (userId: UserId) {
  const { hash, token } = yield* (yield* OpaqueTokens).make(userId)
  yield* (yield* PasswordResetRepository).replace(issue(userId, hash, yield* now))
  return token
})

const expectInvalid = Effect.fnUntraced(function* (token: string) {
  expect((yield* Effect.flip(resetPassword(command(token))))._tag).toBe("InvalidResetToken")
})

layer(memory)("resetPassword", (it) => {
  it.effect("takes the new password in the old one's place and ends every session", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const elsewhere = yield* logIn(logInCommand(account.email))
      yield* resetPassword(command(yield* openReset(account.id)))
      for (const { accessToken, refreshToken } of [tokens, elsewhere.tokens]) {
        expect((yield* Effect.flip(authenticate({ accessToken })))._tag).toBe("InvalidAccessToken")
        expect((yield* Effect.flip(refreshSession({ refreshToken })))._tag).toBe("InvalidRefreshToken")
      }
      expect((yield* Effect.flip(logIn(logInCommand(account.email))))._tag).toBe("InvalidCredentials")
      yield* logIn(logInCommand(account.email, newPassword))
    }),
  )

  it.effect("verifies the address with it, and leaves no verification open", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const accounts = yield* AccountRepository
      const verification = yield* issueVerificationToken(account)
      yield* Effect.flip(resetPassword(command("nonsense")))
      expect((yield* accounts.get(account.id)).isEmailVerified).toBe(false)
      yield* resetPassword(command(yield* openReset(account.id)))
      expect((yield* accounts.get(account.id)).isEmailVerified).toBe(true)
      expect((yield* Effect.flip(verifyEmail({ token: verification })))._tag).toBe("InvalidVerificationToken")
      // A second reset finds the address verified.
      yield* resetPassword(command(yield* openReset(account.id)))
      expect((yield* accounts.get(account.id)).isEmailVerified).toBe(true)
    }),
  )

  it.effect("accepts only the newest token, once, for an hour", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const older = yield* openReset(account.id)
      const used = yield* openReset(account.id)
      yield* expectInvalid(older)
      yield* resetPassword(command(used))
      yield* expectInvalid(used)
      const late = yield* openReset(account.id)
      yield* TestClock.adjust("1 hour")
      yield* expectInvalid(late)
      const last = yield* openReset(account.id)
      yield* TestClock.adjust("59 minutes")
      yield* resetPassword(command(last))
    }),
  )

  it.effect("succeeds in exactly one of 20 concurrent calls", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const token = yield* openReset(account.id)
      const outcomes = yield* timesAtOnce(20, Effect.result(resetPassword(command(token))))
      expect(outcomes.filter(({ _tag }) => _tag === "Success").length).toBe(1)
    }),
  )

  it.effect("refuses a token of another kind, and one of a deleted user", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      yield* openReset(account.id)
      for (const token of [tokens.accessToken, tokens.refreshToken, "", "nonsense"]) yield* expectInvalid(token)
      const { token } = yield* (yield* OpaqueTokens).make(newUserId())
      yield* expectInvalid(token)
      yield* logIn(logInCommand(account.email, rightPassword))
    }),
  )

  it.effect("removes the reset token after a reset of the password", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const token = yield* openReset(account.id)
      yield* resetPassword(command(token))
      const resets = yield* PasswordResetRepository
      const { hash } = Option.getOrThrow((yield* OpaqueTokens).read(token))
      expect(yield* resets.find(account.id, hash)).toStrictEqual(Option.none())
    }),
  )
})
