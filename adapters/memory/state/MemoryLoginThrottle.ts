/** Implements `LoginThrottle` for one process. */
import { Clock, Effect, Layer } from "effect"
import type { HashingPriority } from "../../../application/accounts/passwords/HashingTurn.ts"
import { type LoginAttempt, LoginThrottle, loginLimits } from "../../../application/accounts/passwords/LoginThrottle.ts"
import { monotonicMillis } from "../../../application/shared/MonotonicTime.ts"
import { TooManyAttempts } from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { makeGenerationalCache } from "./GenerationalCache.ts"

const { emailFailures, emailWindowMillis, pairFailures, pairWindowMillis } = loginLimits

/** The maximum number of pairs, and of emails; beyond it, the least recently used are dropped. */
const entryLimit = 100_000

/** The maximum number of known IPs of an email: the latest. */
const knownIpLimit = 32

/** A known IP can still fail while the email is locked, so more than `emailFailures` times are stored. */
const maxEmailFailures = 2 * emailFailures

/** How long an attempt waits for those in progress, and the retry delay it gets after that. */
const waitTimeout = "5 seconds"
const retryAfterTimeoutMillis = 1000

interface Pair {
  /** The times of its failures: oldest first, at most `pairFailures`. */
  readonly failures: Array<number>
  lockedUntil: number
  /** How many attempts are in progress, and how many have ended. */
  inProgress: number
  endCount: number
  /** Callbacks that wake the attempts which wait for those in progress. */
  readonly wakers: Set<() => void>
}

/** Records a failure; beyond `kept`, the oldest is dropped. */
const count = (times: Array<number>, maxTimes: number, nowMillis: number): void => {
  times.push(nowMillis)
  if (times.length > maxTimes) times.shift()
}

/** Returns until when that many failures are within a window; minus infinity if there are fewer. */
const reachedUntil = (times: ReadonlyArray<number>, failures: number, windowMillis: number): number =>
  (times.at(-failures) ?? Number.NEGATIVE_INFINITY) + windowMillis

const pairKey = ({ email, ip }: LoginAttempt): string => `${email} ${ip}`

/** The lockout in this process; its records are lost when the process ends. */
export const layer: Layer.Layer<LoginThrottle> = Layer.sync(LoginThrottle, () => {
  const pairs = makeGenerationalCache<string, Pair>(entryLimit, () => pairWindowMillis)
  const emails = makeGenerationalCache<EmailAddress, Array<number>>(entryLimit, () => emailWindowMillis)
  const openedBy = makeGenerationalCache<EmailAddress, string>(entryLimit, () => Number.POSITIVE_INFINITY)
  /** When an IP last failed, for any email. */
  const failedIps = makeGenerationalCache<string, number>(entryLimit, () => pairWindowMillis)
  const knownIps = makeGenerationalCache<EmailAddress, Array<string>>(entryLimit, () => Number.POSITIVE_INFINITY)

  const pairOf = (attempt: LoginAttempt, nowMillis: number): Pair => {
    const key = pairKey(attempt)
    const known = pairs.get(key, nowMillis)
    if (known !== undefined) return known
    const pair: Pair = {
      failures: [],
      lockedUntil: Number.NEGATIVE_INFINITY,
      inProgress: 0,
      endCount: 0,
      wakers: new Set(),
    }
    pairs.set(key, pair, nowMillis)
    return pair
  }

  const emailLockedUntil = ({ email, ip }: LoginAttempt, nowMillis: number): number =>
    knownIps.get(email, nowMillis)?.includes(ip) === true
      ? Number.NEGATIVE_INFINITY
      : reachedUntil(emails.get(email, nowMillis) ?? [], emailFailures, emailWindowMillis)

  /** Returns whether the pair would be locked if all attempts in progress failed. */
  const couldLock = ({ failures, inProgress }: Pair, nowMillis: number): boolean =>
    inProgress > 0 &&
    (inProgress >= pairFailures || reachedUntil(failures, pairFailures - inProgress, pairWindowMillis) > nowMillis)

  /** Ends an attempt, and wakes the attempts that waited for it. */
  const settle = (attempt: LoginAttempt, nowMillis: number): Pair => {
    const pair = pairOf(attempt, nowMillis)
    pair.inProgress = Math.max(0, pair.inProgress - 1)
    pair.endCount += 1
    // A copy, because a woken attempt may wait again.
    for (const wake of [...pair.wakers]) wake()
    return pair
  }

  const withdrawEmailFailure = (email: EmailAddress, nowMillis: number): void => {
    emails.get(email, nowMillis)?.pop()
  }

  const refuse = (retryAfterMillis: number) => Effect.fail(new TooManyAttempts({ retryAfterMillis }))

  const priorityOf = ({ email, ip }: LoginAttempt, nowMillis: number): HashingPriority => {
    if (knownIps.get(email, nowMillis)?.includes(ip) === true) return "known"
    if (openedBy.get(email, nowMillis) === ip) return "known"
    const failedAt = failedIps.get(ip, nowMillis)
    return failedAt !== undefined && failedAt + pairWindowMillis > nowMillis ? "suspect" : "fresh"
  }

  const begin = (attempt: LoginAttempt): Effect.Effect<HashingPriority, TooManyAttempts> =>
    Effect.withFiber((fiber) => {
      const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
      const pair = pairOf(attempt, nowMillis)
      const lockedUntil = Math.max(pair.lockedUntil, emailLockedUntil(attempt, nowMillis))
      if (lockedUntil > nowMillis) return refuse(Math.ceil(lockedUntil - nowMillis))
      if (couldLock(pair, nowMillis)) return Effect.andThen(nextEnd(pair, pair.endCount), begin(attempt))
      pair.inProgress += 1
      const ofEmail = emails.get(attempt.email, nowMillis) ?? []
      count(ofEmail, maxEmailFailures, nowMillis)
      emails.set(attempt.email, ofEmail, nowMillis)
      return Effect.succeed(priorityOf(attempt, nowMillis))
    })

  const nextEnd = (pair: Pair, ended: number): Effect.Effect<void> =>
    Effect.callback<void>((resume) => {
      const wake = () => {
        pair.wakers.delete(wake)
        resume(Effect.void)
      }
      // An attempt may have ended since the check that led here.
      if (pair.endCount !== ended) return wake()
      pair.wakers.add(wake)
      return Effect.sync(() => pair.wakers.delete(wake))
    })

  return LoginThrottle.of({
    begin: (attempt) =>
      Effect.timeoutOrElse(begin(attempt), {
        duration: waitTimeout,
        orElse: () => refuse(retryAfterTimeoutMillis),
      }),
    recordFailure: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
        const pair = pairOf(attempt, nowMillis)
        failedIps.set(attempt.ip, nowMillis, nowMillis)
        count(pair.failures, pairFailures, nowMillis)
        if (reachedUntil(pair.failures, pairFailures, pairWindowMillis) > nowMillis) {
          pair.lockedUntil = nowMillis + pairWindowMillis
        }
        settle(attempt, nowMillis)
      }),
    recordSuccess: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
        settle(attempt, nowMillis).failures.length = 0
        withdrawEmailFailure(attempt.email, nowMillis)
        const others = (knownIps.get(attempt.email, nowMillis) ?? []).filter((ip) => ip !== attempt.ip)
        knownIps.set(attempt.email, [...others, attempt.ip].slice(-knownIpLimit), nowMillis)
      }),
    open: ({ email, ip }) =>
      Effect.withFiberSucceed((fiber) => openedBy.set(email, ip, monotonicMillis(fiber.getRef(Clock.Clock)))),
    cancel: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
        settle(attempt, nowMillis)
        withdrawEmailFailure(attempt.email, nowMillis)
      }),
  })
})
