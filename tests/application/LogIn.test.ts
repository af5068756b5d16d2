/** Holds a login to its password check, its lockout and its response for unknown addresses. */
import { assert, layer } from "@effect/vitest"
import { argon2id, hash } from "argon2"
import { Effect, Exit, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as Argon2PasswordHasher from "../../adapters/crypto/Argon2PasswordHasher.ts"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { PasswordHasher } from "../../application/accounts/passwords/PasswordHasher.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { memory } from "../../bootstrap/memory.ts"
import { PasswordHash } from "../../domain/accounts/Password.ts"
import { logInCommand, registerUser, rightPassword, wrongPassword } from "../support/accounts.ts"
import { keepAccount, newEmail } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const minuteMillis = 60_000

layer(memory)("logIn", (it) => {
  it.effect("starts a session of its own for who knows the password", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const login = yield* logIn(logInCommand(` ${account.email.toUpperCase()} `))
      assert.deepStrictEqual(login.account, account)
      const identity = yield* authenticate(login.tokens)
      assert.strictEqual(identity.userId, account.id)
      assert.notStrictEqual(identity.sessionId, (yield* authenticate(tokens)).sessionId)
    }),
  )

  it.effect("answers a wrong password and an unknown email address alike", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const wrong = yield* Effect.flip(logIn(logInCommand(account.email, wrongPassword)))
      const unknown = yield* Effect.flip(logIn(logInCommand(newEmail())))
      assert.strictEqual(wrong._tag, "InvalidCredentials")
      assert.deepStrictEqual({ ...unknown }, { ...wrong })
    }),
  )

  it.effect("does not look at the password after five failures, for 15 minutes, from that IP", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      for (let failures = 0; failures < 5; failures++) {
        // Every spelling of the address counts as the same address.
        const typed = failures % 2 === 0 ? account.email : ` ${account.email.toUpperCase()}`
        assert.strictEqual((yield* Effect.flip(logIn(logInCommand(typed, wrongPassword))))._tag, "InvalidCredentials")
      }
      const locked = yield* Effect.flip(logIn(logInCommand(account.email)))
      assert.strictEqual(locked._tag, "TooManyAttempts")
      if (locked._tag === "TooManyAttempts") assert.strictEqual(locked.retryAfterMillis, 15 * minuteMillis)
      yield* logIn(logInCommand(account.email, rightPassword, "192.0.2.99"))
      yield* TestClock.adjust(15 * minuteMillis - 1)
      assert.strictEqual((yield* Effect.flip(logIn(logInCommand(account.email))))._tag, "TooManyAttempts")
      yield* TestClock.adjust(1)
      yield* logIn(logInCommand(account.email))
    }),
  )

  it.effect("locks an unknown email address as it locks a known one", () =>
    Effect.gen(function* () {
      const email = newEmail()
      for (let failures = 0; failures < 5; failures++) yield* Effect.flip(logIn(logInCommand(email)))
      assert.strictEqual((yield* Effect.flip(logIn(logInCommand(email))))._tag, "TooManyAttempts")
    }),
  )

  it.effect("forgets failures after a success", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      for (let round = 0; round < 2; round++) {
        for (let failures = 0; failures < 4; failures++) {
          yield* Effect.flip(logIn(logInCommand(account.email, wrongPassword)))
        }
        yield* logIn(logInCommand(account.email))
      }
    }),
  )

  it.effect("checks five of 20 guesses at once", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const guess = Effect.flip(logIn(logInCommand(account.email, wrongPassword)))
      const failures = yield* timesAtOnce(20, guess)
      assert.strictEqual(failures.filter(({ _tag }) => _tag === "InvalidCredentials").length, 5)
      assert.strictEqual(failures.filter(({ _tag }) => _tag === "TooManyAttempts").length, 15)
    }),
  )

  it.effect("hashes a password anew whose stored hash is weaker than today's", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const hasher = yield* PasswordHasher
      const weak = yield* Effect.promise(() =>
        hash(rightPassword, { type: argon2id, memoryCost: 8192, timeCost: 1, parallelism: 1 }),
      )
      const account = yield* keepAccount({ passwordHash: PasswordHash.make(weak) })
      yield* Effect.flip(logIn(logInCommand(account.email, wrongPassword)))
      assert.strictEqual((yield* accounts.get(account.id)).passwordHash, account.passwordHash)
      yield* logIn(logInCommand(account.email))
      const renewed = yield* accounts.get(account.id)
      assert.isTrue(hasher.isWeak(account.passwordHash))
      assert.isFalse(hasher.isWeak(renewed.passwordHash))
      assert.deepStrictEqual({ ...renewed, passwordHash: account.passwordHash }, account)
      yield* logIn(logInCommand(account.email))
      assert.deepStrictEqual(yield* accounts.get(account.id), renewed)
    }),
  )
})

const busyHasher = Argon2PasswordHasher.layer({ concurrency: 1, maximumWaiting: 0 })

layer(Layer.merge(memory, busyHasher))("logIn with too much to hash", (it) => {
  it.effect("does not count attempts that came to no result", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const guess = logIn(logInCommand(account.email, wrongPassword))
      const exits = yield* timesAtOnce(5, Effect.exit(guess))
      assert.strictEqual(exits.filter(Exit.hasDies).length, 4)
      for (let failures = 0; failures < 4; failures++) {
        assert.strictEqual((yield* Effect.flip(guess))._tag, "InvalidCredentials")
      }
      assert.strictEqual((yield* Effect.flip(guess))._tag, "TooManyAttempts")
    }),
  )
})
