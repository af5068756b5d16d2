/** Holds email verification to its token's lifetime, single use and resends. */
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { resendVerification } from "../../application/accounts/email/ResendVerification.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { getAccount } from "../../application/accounts/GetAccount.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { profileOf } from "../../domain/accounts/Profile.ts"
import { lastMailedToken, mailedTokens, registerUser } from "../support/accounts.ts"
import { newEmail } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const dayMillis = 24 * 60 * 60 * 1000

const expectInvalid = Effect.fnUntraced(function* (token: string) {
  expect((yield* Effect.flip(verifyEmail({ token })))._tag).toBe("InvalidVerificationToken")
})

/** Requests another email and advances the clock by the time that the response takes. */
const resend = Effect.fnUntraced(function* (email: EmailAddress) {
  const asking = yield* Effect.forkChild(resendVerification({ email }))
  yield* TestClock.adjust(100)
  yield* Fiber.join(asking)
})

layer(memory)("verifyEmail", (it) => {
  it.effect("verifies the address of the account, once", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const token = yield* lastMailedToken(account.email)
      yield* TestClock.adjust(1000)
      const verified = yield* verifyEmail({ token })
      expect(verified.isEmailVerified).toBe(true)
      expect(Date.parse(verified.updatedAt)).toBeGreaterThan(Date.parse(account.updatedAt))
      expect(yield* getAccount({ userId: account.id })).toStrictEqual(profileOf(verified))
      yield* expectInvalid(token)
    }),
  )

  it.effect("accepts a token for 24 hours after its email", () =>
    Effect.gen(function* () {
      const [early, late] = [yield* registerUser, yield* registerUser]
      yield* TestClock.adjust(2 * dayMillis)
      const tokens = [yield* lastMailedToken(early.account.email), yield* lastMailedToken(late.account.email)] as const
      yield* TestClock.adjust(dayMillis - 1)
      yield* verifyEmail({ token: tokens[0] })
      yield* TestClock.adjust(1)
      yield* expectInvalid(tokens[1])
      expect((yield* getAccount({ userId: late.account.id })).isEmailVerified).toBe(false)
    }),
  )

  it.effect("lets exactly one of 20 at once use the token", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const token = yield* lastMailedToken(account.email)
      const results = yield* timesAtOnce(20, Effect.result(verifyEmail({ token })))
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
    }),
  )

  it.effect("refuses every other text as a token", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const token = yield* lastMailedToken(account.email)
      for (const other of [
        "",
        "x",
        tokens.refreshToken,
        tokens.accessToken,
        `${token} `,
        token.slice(1),
        token.toLowerCase(),
      ]) {
        yield* expectInvalid(other)
      }
      yield* verifyEmail({ token })
    }),
  )
})

layer(memory)("resendVerification", (it) => {
  it.effect("revokes the older token at once, and emails a new one", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const older = yield* lastMailedToken(account.email)
      yield* resend(account.email)
      yield* expectInvalid(older)
      const [, newer = "", ...more] = yield* mailedTokens(account.email)
      expect(more).toStrictEqual([])
      yield* expectInvalid(older)
      yield* verifyEmail({ token: newer })
    }),
  )

  it.effect("sends at most ten emails an hour, also for concurrent requests, and more after it", () =>
    Effect.gen(function* () {
      const { email } = (yield* registerUser).account
      yield* Effect.forEach(Array.from({ length: 20 }), () => resend(email), { concurrency: "unbounded" })
      expect((yield* mailedTokens(email)).length).toBe(10)
      const last = yield* lastMailedToken(email)
      yield* resend(email)
      yield* TestClock.adjust("59 minutes")
      yield* resend(email)
      expect(yield* lastMailedToken(email)).toBe(last)
      yield* TestClock.adjust("1 minute")
      yield* resend(email)
      expect((yield* mailedTokens(email)).length).toBe(11)
      yield* verifyEmail({ token: yield* lastMailedToken(email) })
    }),
  )

  it.effect("sends no email to an unknown or a verified address", () =>
    Effect.gen(function* () {
      const unknown = newEmail()
      yield* resend(unknown)
      expect(yield* mailedTokens(unknown)).toStrictEqual([])
      const { account } = yield* registerUser
      yield* verifyEmail({ token: yield* lastMailedToken(account.email) })
      yield* resend(account.email)
      expect((yield* mailedTokens(account.email)).length).toBe(1)
    }),
  )

  it.effect("answers after the same time, whatever there is to do", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      for (const email of [account.email, newEmail()]) {
        const asking = yield* Effect.forkChild(resendVerification({ email }))
        yield* TestClock.adjust(99)
        expect(asking.pollUnsafe()).toBeUndefined()
        yield* TestClock.adjust(1)
        yield* Fiber.join(asking)
      }
    }),
  )
})
