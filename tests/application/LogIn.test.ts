/** Holds a login to its password check, its lockout and its response for unknown addresses. */
import { expect, layer } from "@effect/vitest"
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
  it.effect("starts a new session for each login with the right password", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const login = yield* logIn(logInCommand(` ${account.email.toUpperCase()} `))
      expect(login.account).toStrictEqual(account)
      const identity = yield* authenticate(login.tokens)
      expect(identity.userId).toBe(account.id)
      expect(identity.sessionId).not.toBe((yield* authenticate(tokens)).sessionId)
    }),
  )

  it.effect("answers a wrong password and an unknown email address alike", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const wrong = yield* Effect.flip(logIn(logInCommand(account.email, wrongPassword)))
      const unknown = yield* Effect.flip(logIn(logInCommand(newEmail())))
      expect(wrong._tag).toBe("InvalidCredentials")
      expect({ ...unknown }).toStrictEqual({ ...wrong })
    }),
  )

  it.effect("does not look at the password after five failures, for 15 minutes, from that IP", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      for (let failures = 0; failures < 5; failures++) {
        // Every spelling of the address counts as the same address.
        const typed = failures % 2 === 0 ? account.email : ` ${account.email.toUpperCase()}`
        expect((yield* Effect.flip(logIn(logInCommand(typed, wrongPassword))))._tag).toBe("InvalidCredentials")
      }
      const locked = yield* Effect.flip(logIn(logInCommand(account.email)))
      expect(locked._tag).toBe("TooManyAttempts")
      if (locked._tag === "TooManyAttempts") expect(locked.retryAfterMillis).toBe(15 * minuteMillis)
      yield* logIn(logInCommand(account.email, rightPassword, "192.0.2.99"))
      yield* TestClock.adjust(15 * minuteMillis - 1)
      expect((yield* Effect.flip(logIn(logInCommand(account.email))))._tag).toBe("TooManyAttempts")
      yield* TestClock.adjust(1)
      yield* logIn(logInCommand(account.email))
    }),
  )

  it.effect("locks an unknown email address as it locks a known one", () =>
    Effect.gen(function* () {
      const email = newEmail()
      for (let failures = 0; failures < 5; failures++) yield* Effect.flip(logIn(logInCommand(email)))
      expect((yield* Effect.flip(logIn(logInCommand(email))))._tag).toBe("TooManyAttempts")
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
      expect(failures.filter(({ _tag }) => _tag === "InvalidCredentials").length).toBe(5)
      expect(failures.filter(({ _tag }) => _tag === "TooManyAttempts").length).toBe(15)
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
      expect((yield* accounts.get(account.id)).passwordHash).toBe(account.passwordHash)
      yield* logIn(logInCommand(account.email))
      const renewed = yield* accounts.get(account.id)
      expect(hasher.isWeak(account.passwordHash)).toBe(true)
      expect(hasher.isWeak(renewed.passwordHash)).toBe(false)
      expect({ ...renewed, passwordHash: account.passwordHash }).toStrictEqual(account)
      yield* logIn(logInCommand(account.email))
      expect(yield* accounts.get(account.id)).toStrictEqual(renewed)
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
      expect(exits.filter(Exit.hasDies).length).toBe(4)
      for (let failures = 0; failures < 4; failures++) {
        expect((yield* Effect.flip(guess))._tag).toBe("InvalidCredentials")
      }
      expect((yield* Effect.flip(guess))._tag).toBe("TooManyAttempts")
    }),
  )
})
