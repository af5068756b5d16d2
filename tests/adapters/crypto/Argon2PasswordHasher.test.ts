/** Holds the Argon2 hasher to its parameters, its rehashes and a free event loop. */
import { randomBytes } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { argon2i, argon2id, type HashOptions, hash } from "argon2"
import { Cause, Effect, Exit, Fiber, Schema } from "effect"
import * as Argon2PasswordHasher from "../../../adapters/crypto/Argon2PasswordHasher.ts"
import { PasswordHasher } from "../../../application/accounts/passwords/PasswordHasher.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { Password, type PasswordHash, SubmittedPassword } from "../../../domain/accounts/Password.ts"

const chosen = Schema.decodeSync(Password)
const offered = Schema.decodeSync(SubmittedPassword)

const turn = { priority: "fresh", address: "192.0.2.1" } as const

const isUnavailable = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof Unavailable

describe("Argon2PasswordHasher", () => {
  it.layer(Argon2PasswordHasher.layer())((it) => {
    it.effect("writes algorithm, version and parameters into the hash, in the order of the reference encoder", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const made = yield* hasher.hash(chosen("Correct horse 1"), turn)
        expect(made).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
        expect(made).not.toBe(yield* hasher.hash(chosen("Correct horse 1"), turn))
        expect(hasher.isWeak(made)).toBe(false)
      }),
    )

    it.effect("verifies the right password and no other", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const made = yield* hasher.hash(chosen("Correct horse 1"), turn)
        expect(yield* hasher.verify(offered("Correct horse 1"), made, turn)).toBe(true)
        for (const wrong of ["correct horse 1", "Correct horse 1 ", "Correct horse", "x"])
          expect(yield* hasher.verify(offered(wrong), made, turn), wrong).toBe(false)
      }),
    )

    it.effect("counts every character of a long password", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const long = `Aa1${"🦉".repeat(124)}`
        const made = yield* hasher.hash(chosen(`${long}x`), turn)
        expect(yield* hasher.verify(offered(`${long}x`), made, turn)).toBe(true)
        expect(yield* hasher.verify(offered(`${long}y`), made, turn)).toBe(false)
        expect(yield* hasher.verify(offered(long), made, turn)).toBe(false)
      }),
    )

    it.effect("treats all Unicode forms of a password as equal", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const password = "Pässwörd ﬁ １"
        const forms = ["NFC", "NFD", "NFKC", "NFKD"].map((form) => password.normalize(form))
        const made = yield* hasher.hash(chosen(password.normalize("NFD")), turn)
        for (const form of forms) expect(yield* hasher.verify(offered(form), made, turn)).toBe(true)
      }),
    )

    it.effect("verifies no password without a hash", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        expect(yield* hasher.verify(offered("Correct horse 1"), null, turn)).toBe(false)
      }),
    )

    it.effect("verifies a hash of weaker parameters, and reports it as weak", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const good = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies HashOptions
        const weak: ReadonlyArray<HashOptions> = [
          { ...good, memoryCost: 19_455 },
          { ...good, timeCost: 1 },
          { ...good, type: argon2i },
          { ...good, version: 0x10 },
        ]
        for (const parameters of weak) {
          const made = (yield* Effect.promise(() => hash("Correct horse 1", parameters))) as PasswordHash
          expect(hasher.isWeak(made), made).toBe(true)
          expect(yield* hasher.verify(offered("Correct horse 1"), made, turn)).toBe(true)
        }
        const strong: ReadonlyArray<HashOptions> = [good, { ...good, memoryCost: 65_536, timeCost: 3, parallelism: 4 }]
        for (const parameters of strong) {
          const made = (yield* Effect.promise(() => hash("Correct horse 1", parameters))) as PasswordHash
          expect(hasher.isWeak(made), made).toBe(false)
          expect(yield* hasher.verify(offered("Correct horse 1"), made, turn)).toBe(true)
        }
      }),
    )

    it.effect("dies if a stored hash is malformed", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const salt = randomBytes(16).toString("base64").replaceAll("=", "")
        const malformed = [
          "",
          "Correct horse 1",
          "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
          "$argon2id$v=19$m=19456,t=2,p=1",
          `$argon2id$v=19$m=19456,t=2$${salt}$${salt}`,
          `$argon2x$v=19$m=19456,t=2,p=1$${salt}$${salt}`,
        ]
        for (const text of malformed) {
          const exit = yield* Effect.exit(hasher.verify(offered("Correct horse 1"), text as PasswordHash, turn))
          expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause), text).toBe(true)
          expect(() => hasher.isWeak(text as PasswordHash)).toThrow("malformed")
        }
      }),
    )
  })

  it.effect("queues a bounded number of hashes, refuses the rest at once, and recovers", () =>
    Effect.gen(function* () {
      const hasher = yield* PasswordHasher
      const hashOne = Effect.exit(hasher.hash(chosen("Correct horse 1"), turn))
      const exits = yield* Effect.all(
        Array.from({ length: 80 }, () => hashOne),
        { concurrency: "unbounded" },
      )
      expect(exits.filter(Exit.isSuccess).length).toBe(2 + 64)
      expect(exits.filter(isUnavailable).length).toBe(80 - 66)
      const [refused] = exits.filter(Exit.isFailure)
      const error = refused === undefined ? undefined : Cause.squash(refused.cause)
      expect(error instanceof Unavailable ? error.retryAfterMillis : 0).toBe(1_000)
      expect(Exit.isSuccess(yield* hashOne)).toBe(true)
    }).pipe(Effect.provide(Argon2PasswordHasher.layer({ concurrency: 2, maximumWaiting: 64 }))),
  )

  it.effect("frees the places of interrupted callers", () =>
    Effect.gen(function* () {
      const hasher = yield* PasswordHasher
      const hashOne = hasher.hash(chosen("Correct horse 1"), turn)
      for (let round = 0; round < 3; round++) {
        const fibers = yield* Effect.forEach(Array.from({ length: 5 }), () =>
          Effect.forkChild(hashOne, { startImmediately: true }),
        )
        expect(isUnavailable(yield* Effect.exit(hashOne))).toBe(true)
        yield* Fiber.interruptAll(fibers)
      }
      const exits = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.exit(hashOne)),
        { concurrency: "unbounded" },
      )
      expect(exits.every(Exit.isSuccess)).toBe(true)
    }).pipe(Effect.provide(Argon2PasswordHasher.layer({ concurrency: 1, maximumWaiting: 4 }))),
  )

  it("uses all processors but one by default", () => {
    const { defaultConcurrency } = Argon2PasswordHasher
    expect([1, 2, 3, 4, 5, 64].map(defaultConcurrency)).toStrictEqual([1, 1, 2, 3, 4, 4])
  })

  it.live("leaves the event loop free while it hashes", () =>
    Effect.gen(function* () {
      const hasher = yield* PasswordHasher
      const fiber = yield* Effect.forkChild(hasher.hash(chosen("Correct horse 1"), turn), { startImmediately: true })
      let turns = 0
      while (fiber.pollUnsafe() === undefined) {
        turns++
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      }
      // A hash in this thread would finish before the loop had turned more than once or twice.
      expect(turns).toBeGreaterThan(10)
    }).pipe(Effect.provide(Argon2PasswordHasher.layer())),
  )
})
