/** The contract suite of the `LoginThrottle` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, type Layer } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { type LoginAttempt, LoginThrottle, loginLimits } from "../../application/accounts/passwords/LoginThrottle.ts"
import { newEmail } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

/**
 * Registers the tests of every promise that a `LoginThrottle` makes: the lockout of the HTTP contract. A throttle in
 * real time may shorten the windows. A minute is then the fifteenth part of a pair's window.
 */
export const suite = (
  name: string,
  throttle: Layer.Layer<LoginThrottle, unknown>,
  {
    limits = loginLimits,
    time = testTime,
  }: {
    readonly limits?: { readonly [Limit in keyof typeof loginLimits]: number }
    readonly time?: TimeControl
  } = {},
) =>
  layer(throttle, { excludeTestServices: time.excludeTestServices })(`LoginThrottle: ${name}`, (it) => {
    const test = timedTests(it, time)
    const { emailFailures, emailWindowMillis, pairFailures, pairWindowMillis } = limits
    const minuteMillis = pairWindowMillis / 15
    const newAttempt = (ip = `test-${uuidV7Unsafe()}`): LoginAttempt => ({ email: newEmail(), ip })
    const from = (attempt: LoginAttempt, ip = `test-${uuidV7Unsafe()}`): LoginAttempt => ({ ...attempt, ip })

    /** Returns null if the attempt may begin, else the milliseconds until it may. */
    const admit = Effect.fnUntraced(function* (attempt: LoginAttempt) {
      const { begin } = yield* LoginThrottle
      const result = yield* Effect.result(begin(attempt))
      return result._tag === "Success" ? null : result.failure.retryAfterMillis
    })
    const fail = Effect.fnUntraced(function* (attempt: LoginAttempt, times: number) {
      const throttle = yield* LoginThrottle
      for (let failed = 0; failed < times; failed++) {
        expect(yield* admit(attempt)).toBeNull()
        yield* throttle.recordFailure(attempt)
      }
    })
    /** Begins that many attempts, and leaves them in progress. */
    const begin = Effect.fnUntraced(function* (attempt: LoginAttempt, times: number) {
      for (let begun = 0; begun < times; begun++) expect(yield* admit(attempt)).toBeNull()
    })
    /** Fails that many times, from a new address each time, so that no pair is locked. */
    const failFromEverywhere = Effect.fnUntraced(function* (attempt: LoginAttempt, times: number) {
      for (let failed = 0; failed < times; failed++) yield* fail(from(attempt), 1)
    })

    test("locks a pair of email and IP at its fifth failure, for 15 minutes", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* fail(attempt, pairFailures)
        const retryAfterMillis = yield* admit(attempt)
        expect(retryAfterMillis).not.toBeNull()
        expect(Math.abs((retryAfterMillis ?? 0) - pairWindowMillis)).toBeLessThanOrEqual(minuteMillis)
        yield* time.pass(pairWindowMillis - minuteMillis)
        expect(yield* admit(attempt)).not.toBeNull()
        yield* time.pass(minuteMillis)
        yield* fail(attempt, pairFailures)
        expect(yield* admit(attempt)).not.toBeNull()
      }))

    test("starts the 15 minutes of a lock at the failure that locked", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* fail(attempt, pairFailures - 1)
        yield* time.pass(14 * minuteMillis)
        yield* fail(attempt, 1)
        yield* time.pass(14 * minuteMillis)
        const retryAfterMillis = yield* admit(attempt)
        expect(retryAfterMillis).not.toBeNull()
        expect(retryAfterMillis ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(minuteMillis)
        yield* time.pass(minuteMillis)
        expect(yield* admit(attempt)).toBeNull()
      }))

    test("does not lock for five failures in more than 15 minutes", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        for (let failed = 0; failed < 3 * pairFailures; failed++) {
          yield* fail(attempt, 1)
          yield* time.pass(4 * minuteMillis)
        }
      }))

    test("does not extend a lock because of refused attempts", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* fail(attempt, pairFailures)
        for (let minute = 0; minute < 15; minute++) {
          expect(yield* admit(attempt)).not.toBeNull()
          yield* time.pass(minuteMillis)
        }
        expect(yield* admit(attempt)).toBeNull()
      }))

    test("locks neither another IP nor another email address with the pair", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* fail(attempt, pairFailures)
        expect(yield* admit(attempt)).not.toBeNull()
        expect(yield* admit(from(attempt))).toBeNull()
        expect(yield* admit(newAttempt(attempt.ip))).toBeNull()
      }))

    test("admits at most five of 50 concurrent wrong guesses", () =>
      Effect.gen(function* () {
        const throttle = yield* LoginThrottle
        const attempt = newAttempt()
        const guess = Effect.flatMap(admit(attempt), (refusal) =>
          refusal === null ? Effect.as(throttle.recordFailure(attempt), null) : Effect.succeed(refusal),
        )
        const refusals = yield* timesAtOnce(50, guess)
        expect(refusals.filter((refusal) => refusal === null).length).toBe(pairFailures)
      }))

    test("admits all of 50 concurrent attempts that succeed", () =>
      Effect.gen(function* () {
        const throttle = yield* LoginThrottle
        const attempt = newAttempt()
        const logIn = Effect.tap(admit(attempt), () => throttle.recordSuccess(attempt))
        expect(yield* timesAtOnce(50, logIn)).toStrictEqual(Array.from({ length: 50 }, () => null))
      }))

    test("lets an attempt wait for those in progress, for at most five seconds", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* begin(attempt, pairFailures)
        const waiting = yield* Effect.forkChild(admit(attempt))
        yield* Effect.yieldNow
        yield* time.pass(5000)
        expect((yield* Fiber.join(waiting)) ?? Number.POSITIVE_INFINITY).toBeLessThan(pairWindowMillis)
      }))

    test("clears a pair's failures when it succeeds", () =>
      Effect.gen(function* () {
        const { recordSuccess } = yield* LoginThrottle
        const attempt = newAttempt()
        for (let round = 0; round < 3; round++) {
          yield* fail(attempt, pairFailures - 1)
          yield* begin(attempt, 1)
          yield* recordSuccess(attempt)
        }
        yield* fail(attempt, pairFailures)
        expect(yield* admit(attempt)).not.toBeNull()
      }))

    test("does not count a canceled attempt", () =>
      Effect.gen(function* () {
        const { cancel } = yield* LoginThrottle
        const attempt = newAttempt()
        yield* fail(attempt, pairFailures - 1)
        yield* begin(attempt, 1)
        yield* cancel(attempt)
        yield* fail(attempt, 1)
        expect(yield* admit(attempt)).not.toBeNull()
        const quiet = newAttempt()
        yield* cancel(quiet)
        yield* fail(quiet, pairFailures)
        expect(yield* admit(quiet)).not.toBeNull()
      }))

    test("locks an email address for every new IP at its hundredth failure within an hour", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* failFromEverywhere(attempt, emailFailures)
        const retryAfterMillis = yield* admit(from(attempt))
        expect(retryAfterMillis).not.toBeNull()
        // In a store that keeps its own time, a hundred failures take some of it.
        expect(Math.abs((retryAfterMillis ?? 0) - emailWindowMillis)).toBeLessThanOrEqual(5 * minuteMillis)
        expect(yield* admit(newAttempt())).toBeNull()
        yield* time.pass(emailWindowMillis)
        expect(yield* admit(from(attempt))).toBeNull()
      }))

    test("admits an IP that has logged in before, even if the email address is locked", () =>
      Effect.gen(function* () {
        const { recordSuccess } = yield* LoginThrottle
        const known = newAttempt()
        yield* begin(known, 1)
        yield* recordSuccess(known)
        yield* failFromEverywhere(known, emailFailures)
        expect(yield* admit(from(known))).not.toBeNull()
        yield* begin(known, 1)
        yield* recordSuccess(known)
        yield* fail(known, pairFailures)
        expect(yield* admit(known)).not.toBeNull()
      }))

    test("does not count successes and canceled attempts against the email address", () =>
      Effect.gen(function* () {
        const { recordSuccess, cancel } = yield* LoginThrottle
        const attempt = newAttempt()
        for (let login = 0; login < emailFailures; login++) {
          yield* begin(attempt, 1)
          yield* login % 2 === 0 ? recordSuccess(attempt) : cancel(attempt)
        }
        yield* failFromEverywhere(attempt, emailFailures)
        expect(yield* admit(from(attempt))).not.toBeNull()
      }))

    test("counts the failures of an email address through a sliding hour", () =>
      Effect.gen(function* () {
        const attempt = newAttempt()
        yield* failFromEverywhere(attempt, emailFailures / 2)
        yield* time.pass(emailWindowMillis / 2)
        yield* failFromEverywhere(attempt, emailFailures / 2)
        expect(yield* admit(from(attempt))).not.toBeNull()
        yield* time.pass(emailWindowMillis / 2)
        yield* failFromEverywhere(attempt, emailFailures / 2)
        expect(yield* admit(from(attempt))).not.toBeNull()
      }))

    it.effect("gives attempts from IPs with recent failures the lowest priority, whatever the email address", () =>
      Effect.gen(function* () {
        const throttle = yield* LoginThrottle
        const attempt = newAttempt()
        expect(yield* throttle.begin(attempt)).toBe("fresh")
        yield* throttle.cancel(attempt)
        expect(yield* throttle.begin(attempt)).toBe("fresh")
        yield* throttle.recordFailure(attempt)
        expect(yield* throttle.begin(attempt)).toBe("suspect")
        expect(yield* throttle.begin(newAttempt(attempt.ip))).toBe("suspect")
        expect(yield* throttle.begin(from(attempt))).toBe("fresh")
        yield* time.pass(pairWindowMillis)
        expect(yield* throttle.begin(newAttempt(attempt.ip))).toBe("fresh")
      }),
    )

    it.effect("gives a pair that has logged in the highest priority, even after failures from its IP", () =>
      Effect.gen(function* () {
        const throttle = yield* LoginThrottle
        const known = newAttempt()
        yield* begin(known, 1)
        yield* throttle.recordSuccess(known)
        expect(yield* throttle.begin(known)).toBe("known")
        yield* throttle.recordFailure(known)
        expect(yield* throttle.begin(known)).toBe("known")
        expect(yield* throttle.begin(newAttempt(known.ip))).toBe("suspect")
        expect(yield* throttle.begin(from(known))).toBe("fresh")
      }),
    )

    it.effect(
      "gives the pair that opened the account the highest priority, but does not exempt it from the lock of an email address",
      () =>
        Effect.gen(function* () {
          const throttle = yield* LoginThrottle
          const opened = newAttempt()
          yield* throttle.open(opened)
          expect(yield* throttle.begin(opened)).toBe("known")
          yield* throttle.cancel(opened)
          expect(yield* throttle.begin(from(opened))).toBe("fresh")
          yield* throttle.cancel(from(opened))
          yield* failFromEverywhere(opened, emailFailures)
          expect(yield* admit(opened)).not.toBeNull()
        }),
    )
  })
