/** Holds token refresh to rotation, reuse detection and its leeway. */
import { expect, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Option } from "effect"
import { TestClock } from "effect/testing"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { logOut } from "../../application/accounts/sessions/LogOut.ts"
import { RefreshPolicy } from "../../application/accounts/sessions/RefreshPolicy.ts"
import { refreshSession } from "../../application/accounts/sessions/RefreshSession.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import type { TokenPair } from "../../application/accounts/sessions/StartSession.ts"
import { OpaqueTokens } from "../../application/accounts/tokens/OpaqueTokens.ts"
import { memory } from "../../bootstrap/memory.ts"
import { lastMailedToken, logInCommand, registerUser } from "../support/accounts.ts"
import { keepUser } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const hourMillis = 60 * 60 * 1000
const dayMillis = 24 * hourMillis

/** The session that the access token belongs to. */
const sessionOf = (tokens: Pick<TokenPair, "accessToken">) =>
  Effect.map(authenticate(tokens), ({ sessionId, userId }) => ({ sessionId, userId }))

const expectRefused = Effect.fnUntraced(function* (tokens: Pick<TokenPair, "refreshToken">) {
  expect((yield* Effect.flip(refreshSession(tokens)))._tag).toBe("InvalidRefreshToken")
})

const expectSignedOut = Effect.fnUntraced(function* (tokens: Pick<TokenPair, "accessToken">) {
  expect((yield* Effect.flip(authenticate(tokens)))._tag).toBe("InvalidAccessToken")
})

layer(memory)("refreshSession", (it) => {
  it.effect("replaces one token by the next, in one session", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const session = yield* sessionOf(tokens)
      const seen = [tokens]
      for (let rotations = 0; rotations < 5; rotations++) {
        yield* TestClock.adjust(dayMillis)
        const next = yield* refreshSession(seen.at(-1) ?? tokens)
        expect(yield* sessionOf(next)).toStrictEqual(session)
        seen.push(next)
      }
      expect(new Set(seen.map(({ refreshToken }) => refreshToken)).size).toBe(6)
    }),
  )

  it.effect("revokes the session and its access tokens when a replaced token is reused", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const elsewhere = yield* logIn(logInCommand(account.email))
      const successor = yield* refreshSession(tokens)
      yield* expectRefused(tokens)
      yield* expectRefused(successor)
      yield* expectSignedOut(successor)
      yield* expectSignedOut(tokens)
      yield* authenticate(elsewhere.tokens)
      yield* refreshSession(elsewhere.tokens)
    }),
  )

  it.effect("logs one warning of the reuse, with the session's id and no token", () => {
    const lines: Array<string> = []
    const capture = Logger.layer([
      Logger.map(Logger.formatJson, (line) => {
        lines.push(line)
      }),
    ])
    return Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const { sessionId } = yield* authenticate(tokens)
      const successor = yield* refreshSession(tokens)
      yield* expectRefused(tokens)
      yield* expectRefused(tokens)
      const warnings = lines.filter((line) => line.includes("WARN"))
      expect(warnings.length).toBe(1)
      expect(warnings[0]).toContain(sessionId)
      for (const { accessToken, refreshToken } of [tokens, successor]) {
        expect(lines.join("\n")).not.toContain(accessToken)
        expect(lines.join("\n")).not.toContain(refreshToken)
      }
    }).pipe(Effect.provide(capture))
  })

  it.effect("refuses a text that is not a refresh token", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const { make } = yield* OpaqueTokens
      const foreign = yield* make(account.id)
      const unknown = yield* make(yield* keepUser)
      const mailed = yield* lastMailedToken(account.email)
      for (const refreshToken of [
        "",
        "x",
        tokens.accessToken,
        foreign.token,
        unknown.token,
        mailed,
        `${tokens.refreshToken}A`,
      ]) {
        yield* expectRefused({ refreshToken })
      }
      yield* refreshSession(tokens)
    }),
  )

  it.effect("does not accept a refresh token in place of another token", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* expectSignedOut({ accessToken: tokens.refreshToken })
      const error = yield* Effect.flip(verifyEmail({ token: tokens.refreshToken }))
      expect(error._tag).toBe("InvalidVerificationToken")
    }),
  )

  it.effect("refuses a token that was not used for seven days, without ending the session's life early", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* TestClock.adjust(7 * dayMillis - 1)
      const next = yield* refreshSession(tokens)
      yield* TestClock.adjust(7 * dayMillis)
      yield* expectRefused(next)
    }),
  )

  it.effect("gives exactly one of 20 concurrent refreshes a successor, and revokes the session for the others", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const results = yield* timesAtOnce(20, Effect.result(refreshSession(tokens)))
      const pairs = results.flatMap((result) => (result._tag === "Success" ? [result.success] : []))
      expect(pairs).toHaveLength(1)
      for (const pair of pairs) {
        yield* expectRefused(pair)
        yield* expectSignedOut(pair)
      }
    }),
  )

  it.effect("stores only hashes of tokens", () =>
    Effect.gen(function* () {
      const sessions = yield* SessionRepository
      const { read } = yield* OpaqueTokens
      const { account, tokens } = yield* registerUser
      const successor = yield* refreshSession(tokens)
      for (const { refreshToken } of [tokens, successor]) {
        const { hash } = Option.getOrThrow(read(refreshToken))
        const held = Option.getOrThrow(yield* sessions.findByTokenForUpdate(account.id, hash))
        expect(JSON.stringify(held)).not.toContain(refreshToken)
      }
    }),
  )
})

const lenient = Layer.succeed(RefreshPolicy, { lifetimeMillis: 7 * dayMillis, reuseLeewayMillis: 10_000 })

layer(Layer.merge(memory, lenient))("refreshSession with a leeway", (it) => {
  it.effect("gives the same successor again while it is unused", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const first = yield* refreshSession(tokens)
      yield* TestClock.adjust(9_999)
      const again = yield* refreshSession(tokens)
      expect(again.refreshToken).toBe(first.refreshToken)
      expect(yield* sessionOf(again)).toStrictEqual(yield* sessionOf(first))
      yield* refreshSession(again)
    }),
  )

  it.effect("ends the session when the leeway is over, or the successor was used", () =>
    Effect.gen(function* () {
      const late = yield* registerUser
      yield* refreshSession(late.tokens)
      yield* TestClock.adjust(10_000)
      yield* expectRefused(late.tokens)
      yield* expectSignedOut(late.tokens)

      const used = yield* registerUser
      const last = yield* refreshSession(yield* refreshSession(used.tokens))
      yield* expectRefused(used.tokens)
      yield* expectRefused(last)
    }),
  )

  it.effect("gives the same successor to 20 concurrent refreshes", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const pairs = yield* timesAtOnce(20, refreshSession(tokens))
      expect(new Set(pairs.map(({ refreshToken }) => refreshToken)).size).toBe(1)
    }),
  )
})

layer(memory)("logOut", (it) => {
  it.effect("ends the session and no other, any number of times", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const elsewhere = yield* logIn(logInCommand(account.email))
      const identity = yield* authenticate(tokens)
      yield* logOut(identity)
      yield* logOut(identity)
      yield* expectSignedOut(tokens)
      yield* expectRefused(tokens)
      yield* authenticate(elsewhere.tokens)
      yield* refreshSession(elsewhere.tokens)
    }),
  )

  it.effect("refuses the access token of a revoked session until it expires", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* logOut(yield* authenticate(tokens))
      for (let minutes = 0; minutes < 60; minutes += 10) {
        yield* expectSignedOut(tokens)
        yield* TestClock.adjust(10 * 60 * 1000)
      }
      yield* expectSignedOut(tokens)
    }),
  )
})

layer(memory)("authenticate", (it) => {
  it.effect("accepts an access token for an hour", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* TestClock.adjust(hourMillis - 1000)
      yield* authenticate(tokens)
      yield* TestClock.adjust(1000)
      yield* expectSignedOut(tokens)
    }),
  )
})
