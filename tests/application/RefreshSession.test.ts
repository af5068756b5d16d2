/** Holds token refresh to rotation, reuse detection and its leeway. */
import { assert, layer } from "@effect/vitest"
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

const assertRefused = Effect.fnUntraced(function* (tokens: Pick<TokenPair, "refreshToken">) {
  assert.strictEqual((yield* Effect.flip(refreshSession(tokens)))._tag, "InvalidRefreshToken")
})

const assertSignedOut = Effect.fnUntraced(function* (tokens: Pick<TokenPair, "accessToken">) {
  assert.strictEqual((yield* Effect.flip(authenticate(tokens)))._tag, "InvalidAccessToken")
})

layer(memory)("refreshSession", (it) => {
  it.effect("goes on from token to token, in one session", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      const seen = [tokens]
      for (let rotations = 0; rotations < 5; rotations++) {
        yield* TestClock.adjust(dayMillis)
        const next = yield* refreshSession(seen.at(-1) ?? tokens)
        assert.deepStrictEqual(yield* authenticate(next), identity)
        seen.push(next)
      }
      assert.strictEqual(new Set(seen.map(({ refreshToken }) => refreshToken)).size, 6)
    }),
  )

  it.effect("ends the session when a replaced token comes back, its access tokens too", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const elsewhere = yield* logIn(logInCommand(account.email))
      const successor = yield* refreshSession(tokens)
      yield* assertRefused(tokens)
      yield* assertRefused(successor)
      yield* assertSignedOut(successor)
      yield* assertSignedOut(tokens)
      yield* authenticate(elsewhere.tokens)
      yield* refreshSession(elsewhere.tokens)
    }),
  )

  it.effect("warns of the theft once, with the session's id and no token", () => {
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
      yield* assertRefused(tokens)
      yield* assertRefused(tokens)
      const warnings = lines.filter((line) => line.includes("WARN"))
      assert.strictEqual(warnings.length, 1)
      assert.include(warnings[0], sessionId)
      for (const { accessToken, refreshToken } of [tokens, successor]) {
        assert.notInclude(lines.join("\n"), accessToken)
        assert.notInclude(lines.join("\n"), refreshToken)
      }
    }).pipe(Effect.provide(capture))
  })

  it.effect("refuses what is no refresh token", () =>
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
        yield* assertRefused({ refreshToken })
      }
      yield* refreshSession(tokens)
    }),
  )

  it.effect("gives a refresh token no other use", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* assertSignedOut({ accessToken: tokens.refreshToken })
      const error = yield* Effect.flip(verifyEmail({ token: tokens.refreshToken }))
      assert.strictEqual(error._tag, "InvalidVerificationToken")
    }),
  )

  it.effect("refuses a token that was not used for seven days, without ending the session's life early", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* TestClock.adjust(7 * dayMillis - 1)
      const next = yield* refreshSession(tokens)
      yield* TestClock.adjust(7 * dayMillis)
      yield* assertRefused(next)
    }),
  )

  it.effect("lets at most one of 20 at once have a successor, and ends the session for the others", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const results = yield* timesAtOnce(20, Effect.result(refreshSession(tokens)))
      const pairs = results.flatMap((result) => (result._tag === "Success" ? [result.success] : []))
      assert.isAtMost(pairs.length, 1)
      for (const pair of pairs) {
        yield* assertRefused(pair)
        yield* assertSignedOut(pair)
      }
    }),
  )

  it.effect("keeps no token, only hashes", () =>
    Effect.gen(function* () {
      const sessions = yield* SessionRepository
      const { read } = yield* OpaqueTokens
      const { account, tokens } = yield* registerUser
      const successor = yield* refreshSession(tokens)
      for (const { refreshToken } of [tokens, successor]) {
        const { hash } = Option.getOrThrow(read(refreshToken))
        const held = Option.getOrThrow(yield* sessions.findByTokenForUpdate(account.id, hash))
        assert.notInclude(JSON.stringify(held), refreshToken)
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
      assert.strictEqual(again.refreshToken, first.refreshToken)
      assert.deepStrictEqual(yield* authenticate(again), yield* authenticate(first))
      yield* refreshSession(again)
    }),
  )

  it.effect("ends the session when the leeway is over, or the successor was used", () =>
    Effect.gen(function* () {
      const late = yield* registerUser
      yield* refreshSession(late.tokens)
      yield* TestClock.adjust(10_000)
      yield* assertRefused(late.tokens)
      yield* assertSignedOut(late.tokens)

      const used = yield* registerUser
      const last = yield* refreshSession(yield* refreshSession(used.tokens))
      yield* assertRefused(used.tokens)
      yield* assertRefused(last)
    }),
  )

  it.effect("gives all of 20 at once one successor", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const pairs = yield* timesAtOnce(20, refreshSession(tokens))
      assert.strictEqual(new Set(pairs.map(({ refreshToken }) => refreshToken)).size, 1)
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
      yield* assertSignedOut(tokens)
      yield* assertRefused(tokens)
      yield* authenticate(elsewhere.tokens)
      yield* refreshSession(elsewhere.tokens)
    }),
  )

  it.effect("leaves an access token dead until it expires", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* logOut(yield* authenticate(tokens))
      for (let minutes = 0; minutes < 60; minutes += 10) {
        yield* assertSignedOut(tokens)
        yield* TestClock.adjust(10 * 60 * 1000)
      }
      yield* assertSignedOut(tokens)
    }),
  )
})

layer(memory)("authenticate", (it) => {
  it.effect("takes an access token for an hour", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* TestClock.adjust(hourMillis - 1000)
      yield* authenticate(tokens)
      yield* TestClock.adjust(1000)
      yield* assertSignedOut(tokens)
    }),
  )
})
