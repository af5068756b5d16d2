/** Holds registration to one account an address, a session and a verification email. */
import { expect, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { requireVerifiedEmail } from "../../application/accounts/email/RequireVerifiedEmail.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { getAccount } from "../../application/accounts/GetAccount.ts"
import { register } from "../../application/accounts/registration/Register.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { refreshSession } from "../../application/accounts/sessions/RefreshSession.ts"
import { now } from "../../application/shared/Now.ts"
import { memory } from "../../bootstrap/memory.ts"
import { profileOf } from "../../domain/accounts/Profile.ts"
import { lastMailedToken, mailedTokens, registerCommand, registerUser, rightPassword } from "../support/accounts.ts"
import { newEmail, newUserId } from "../support/entities.ts"
import { allAtOnce } from "../support/interleaving.ts"

layer(memory)("register", (it) => {
  it.effect("creates an account with an unverified email address", () =>
    Effect.gen(function* () {
      const command = registerCommand()
      const { account } = yield* register(command)
      const at = yield* now
      expect({ ...account, id: null, passwordHash: null }).toStrictEqual({
        id: null,
        passwordHash: null,
        email: command.email,
        fullName: command.fullName,
        isEmailVerified: false,
        disabledAt: null,
        createdAt: at,
        updatedAt: at,
      })
      expect(yield* getAccount({ userId: account.id })).toStrictEqual(profileOf(account))
      expect(account.passwordHash).toMatch(/^\$argon2id\$/)
      expect(account.passwordHash).not.toContain(rightPassword)
    }),
  )

  it.effect("logs the user in", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      expect(identity.userId).toBe(account.id)
      const refreshed = yield* refreshSession(tokens)
      expect(yield* authenticate(refreshed)).toStrictEqual(identity)
    }),
  )

  it.effect("emails one token that verifies the address", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      expect((yield* mailedTokens(account.email)).length).toBe(1)
      const verified = yield* verifyEmail({ token: yield* lastMailedToken(account.email) })
      expect([verified.id, verified.isEmailVerified]).toStrictEqual([account.id, true])
    }),
  )

  it.effect(
    "succeeds in exactly one of five concurrent calls with one email address, and emails only that account",
    () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const email = newEmail()
        const results = yield* allAtOnce(
          [email, email.toUpperCase(), ` ${email} `, email, email].map((typed) =>
            Effect.result(register(registerCommand(typed))),
          ),
        )
        const winners = results.flatMap((result) => (result._tag === "Success" ? [result.success.account] : []))
        expect(winners.length).toBe(1)
        for (const result of results) {
          if (result._tag === "Failure") expect(result.failure._tag).toBe("EmailTaken")
        }
        expect(yield* accounts.findByEmail(email)).toStrictEqual(Option.fromNullishOr(winners[0]))
        expect((yield* mailedTokens(email)).length).toBe(1)
      }),
  )
})

layer(memory)("getAccount and requireVerifiedEmail", (it) => {
  it.effect("know nothing of a user without an account", () =>
    Effect.gen(function* () {
      const userId = newUserId()
      expect((yield* Effect.flip(getAccount({ userId })))._tag).toBe("AccountNotFound")
      expect((yield* Effect.flip(requireVerifiedEmail({ userId })))._tag).toBe("AccountNotFound")
    }),
  )

  it.effect("let a user pass only after the email address was verified", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const userId = account.id
      expect((yield* Effect.flip(requireVerifiedEmail({ userId })))._tag).toBe("EmailNotVerified")
      yield* verifyEmail({ token: yield* lastMailedToken(account.email) })
      yield* requireVerifiedEmail({ userId })
    }),
  )
})
