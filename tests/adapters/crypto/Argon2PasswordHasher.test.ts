/** Holds the Argon2 hasher to its parameters, its rehashes and a free event loop. */
import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
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
        assert.match(made, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
        assert.notStrictEqual(made, yield* hasher.hash(chosen("Correct horse 1"), turn))
        assert.isFalse(hasher.isWeak(made))
      }),
    )

    it.effect("verifies the right password and no other", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const made = yield* hasher.hash(chosen("Correct horse 1"), turn)
        assert.isTrue(yield* hasher.verify(offered("Correct horse 1"), made, turn))
        for (const wrong of ["correct horse 1", "Correct horse 1 ", "Correct horse", "x"])
          assert.isFalse(yield* hasher.verify(offered(wrong), made, turn), wrong)
      }),
    )

    it.effect("counts every character of a long password", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const long = `Aa1${"🦉".repeat(124)}`
        const made = yield* hasher.hash(chosen(`${long}x`), turn)
        assert.isTrue(yield* hasher.verify(offered(`${long}x`), made, turn))
        assert.isFalse(yield* hasher.verify(offered(`${long}y`), made, turn))
        assert.isFalse(yield* hasher.verify(offered(long), made, turn))
      }),
    )

    it.effect("treats all Unicode forms of a password as equal", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        const password = "Pässwörd ﬁ １"
        const forms = ["NFC", "NFD", "NFKC", "NFKD"].map((form) => password.normalize(form))
        const made = yield* hasher.hash(chosen(password.normalize("NFD")), turn)
        for (const form of forms) assert.isTrue(yield* hasher.verify(offered(form), made, turn))
      }),
    )

    it.effect("verifies no password without a hash", () =>
      Effect.gen(function* () {
        const hasher = yield* PasswordHasher
        assert.isFalse(yield* hasher.verify(offered("Correct horse 1"), null, turn))
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
          assert.isTrue(hasher.isWeak(made), made)
          assert.isTrue(yield* hasher.verify(offered("Correct horse 1"), made, turn))
        }
        const strong: ReadonlyArray<HashOptions> = [good, { ...good, memoryCost: 65_536, timeCost: 3, parallelism: 4 }]
        for (const parameters of strong) {
          const made = (yield* Effect.promise(() => hash("Correct horse 1", parameters))) as PasswordHash
          assert.isFalse(hasher.isWeak(made), made)
          assert.isTrue(yield* hasher.verify(offered("Correct horse 1"), made, turn))
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
          assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause), text)
          assert.throws(() => hasher.isWeak(text as PasswordHash), "malformed")
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
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 2 + 64)
      assert.strictEqual(exits.filter(isUnavailable).length, 80 - 66)
      const [refused] = exits.filter(Exit.isFailure)
      const error = refused === undefined ? undefined : Cause.squash(refused.cause)
      assert.strictEqual(error instanceof Unavailable ? error.retryAfterMillis : 0, 1_000)
      assert.isTrue(Exit.isSuccess(yield* hashOne))
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
        assert.isTrue(isUnavailable(yield* Effect.exit(hashOne)))
        yield* Fiber.interruptAll(fibers)
      }
      const exits = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.exit(hashOne)),
        { concurrency: "unbounded" },
      )
      assert.isTrue(exits.every(Exit.isSuccess))
    }).pipe(Effect.provide(Argon2PasswordHasher.layer({ concurrency: 1, maximumWaiting: 4 }))),
  )

  it("uses all processors but one by default", () => {
    const { defaultConcurrency } = Argon2PasswordHasher
    assert.deepStrictEqual([1, 2, 3, 4, 5, 64].map(defaultConcurrency), [1, 1, 2, 3, 4, 4])
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
      assert.isAbove(turns, 10)
    }).pipe(Effect.provide(Argon2PasswordHasher.layer())),
  )
})
