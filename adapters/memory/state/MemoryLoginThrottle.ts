/** Implements `LoginThrottle` for one process. */
import { Effect, Layer } from "effect"
import type { HashingPriority } from "../../../application/accounts/passwords/HashingTurn.ts"
import { type LoginAttempt, LoginThrottle, loginLimits } from "../../../application/accounts/passwords/LoginThrottle.ts"
import { TooManyAttempts } from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { makeRecentEntries } from "./LruMap.ts"
import { monotonicMillis } from "./MonotonicTime.ts"

const { emailFailures, emailWindowMillis, pairFailures, pairWindowMillis } = loginLimits

/** The maximum number of pairs, and of emails; beyond it, the least recently used are dropped. */
const entryLimit = 100_000

/** The maximum number of known IPs of an email: the latest. */
const knownIpLimit = 32

/** A known IP can still fail while the email is locked, so more than `emailFailures` times are stored. */
const keptEmailFailures = 2 * emailFailures

/** How long an attempt waits for those in progress, and the retry delay it gets after that. */
const patience = "5 seconds"
const retryAfterPatienceMillis = 1000

interface Pair {
  /** The times of its failures: oldest first, at most `pairFailures`. */
  readonly failures: Array<number>
  lockedUntil: number
  /** How many attempts are in progress, and how many have ended. */
  underWay: number
  ended: number
  /** Callbacks that wake the attempts which wait for those in progress. */
  readonly waiting: Set<() => void>
}

/** Records a failure; beyond `kept`, the oldest is dropped. */
const count = (times: Array<number>, kept: number, nowMillis: number): void => {
  times.push(nowMillis)
  if (times.length > kept) times.shift()
}

/** Returns until when that many failures are within a window; minus infinity if there are fewer. */
const reachedUntil = (times: ReadonlyArray<number>, failures: number, windowMillis: number): number =>
  (times.at(-failures) ?? Number.NEGATIVE_INFINITY) + windowMillis

const pairKey = ({ email, ip }: LoginAttempt): string => `${email} ${ip}`

/** The lockout in this process; its records are lost when the process ends. */
export const layer: Layer.Layer<LoginThrottle> = Layer.sync(LoginThrottle, () => {
  const pairs = makeRecentEntries<string, Pair>(entryLimit, () => pairWindowMillis)
  const emails = makeRecentEntries<EmailAddress, Array<number>>(entryLimit, () => emailWindowMillis)
  const openedBy = makeRecentEntries<EmailAddress, string>(entryLimit, () => Number.POSITIVE_INFINITY)
  /** When an IP last failed, for any email. */
  const failedIps = makeRecentEntries<string, number>(entryLimit, () => pairWindowMillis)
  const knownIps = makeRecentEntries<EmailAddress, Array<string>>(entryLimit, () => Number.POSITIVE_INFINITY)

  const pairOf = (attempt: LoginAttempt, nowMillis: number): Pair => {
    const key = pairKey(attempt)
    const known = pairs.get(key, nowMillis)
    if (known !== undefined) return known
    const pair: Pair = {
      failures: [],
      lockedUntil: Number.NEGATIVE_INFINITY,
      underWay: 0,
      ended: 0,
      waiting: new Set(),
    }
    pairs.set(key, pair, nowMillis)
    return pair
  }

  const emailLockedUntil = ({ email, ip }: LoginAttempt, nowMillis: number): number =>
    knownIps.get(email, nowMillis)?.includes(ip) === true
      ? Number.NEGATIVE_INFINITY
      : reachedUntil(emails.get(email, nowMillis) ?? [], emailFailures, emailWindowMillis)

  /** Returns whether the pair would be locked if all attempts in progress failed. */
  const couldLock = ({ failures, underWay }: Pair, nowMillis: number): boolean =>
    underWay > 0 &&
    (underWay >= pairFailures || reachedUntil(failures, pairFailures - underWay, pairWindowMillis) > nowMillis)

  /** Ends an attempt, and wakes the attempts that waited for it. */
  const settle = (attempt: LoginAttempt, nowMillis: number): Pair => {
    const pair = pairOf(attempt, nowMillis)
    pair.underWay = Math.max(0, pair.underWay - 1)
    pair.ended += 1
    // A copy, because a woken attempt may wait again.
    for (const wake of [...pair.waiting]) wake()
    return pair
  }

  const takeBackFromEmail = (email: EmailAddress, nowMillis: number): void => {
    emails.get(email, nowMillis)?.pop()
  }

  const refuse = (retryAfterMillis: number) => Effect.fail(new TooManyAttempts({ retryAfterMillis }))

  const priorityOf = ({ email, ip }: LoginAttempt, nowMillis: number): HashingPriority => {
    if (knownIps.get(email, nowMillis)?.includes(ip) === true) return "known"
    if (openedBy.get(email, nowMillis) === ip) return "known"
    const failedAt = failedIps.get(ip, nowMillis)
    return failedAt !== undefined && failedAt + pairWindowMillis > nowMillis ? "suspect" : "fresh"
  }

  const admit = (attempt: LoginAttempt): Effect.Effect<HashingPriority, TooManyAttempts> =>
    Effect.withFiber((fiber) => {
      const nowMillis = monotonicMillis(fiber)
      const pair = pairOf(attempt, nowMillis)
      const lockedUntil = Math.max(pair.lockedUntil, emailLockedUntil(attempt, nowMillis))
      if (lockedUntil > nowMillis) return refuse(Math.ceil(lockedUntil - nowMillis))
      if (couldLock(pair, nowMillis)) return Effect.andThen(nextEnd(pair, pair.ended), admit(attempt))
      pair.underWay += 1
      const ofEmail = emails.get(attempt.email, nowMillis) ?? []
      count(ofEmail, keptEmailFailures, nowMillis)
      emails.set(attempt.email, ofEmail, nowMillis)
      return Effect.succeed(priorityOf(attempt, nowMillis))
    })

  const nextEnd = (pair: Pair, ended: number): Effect.Effect<void> =>
    Effect.callback<void>((resume) => {
      const wake = () => {
        pair.waiting.delete(wake)
        resume(Effect.void)
      }
      // An attempt may have ended since the check that led here.
      if (pair.ended !== ended) return wake()
      pair.waiting.add(wake)
      return Effect.sync(() => pair.waiting.delete(wake))
    })

  return LoginThrottle.of({
    begin: (attempt) =>
      Effect.timeoutOrElse(admit(attempt), {
        duration: patience,
        orElse: () => refuse(retryAfterPatienceMillis),
      }),
    recordFailure: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
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
        const nowMillis = monotonicMillis(fiber)
        settle(attempt, nowMillis).failures.length = 0
        takeBackFromEmail(attempt.email, nowMillis)
        const others = (knownIps.get(attempt.email, nowMillis) ?? []).filter((ip) => ip !== attempt.ip)
        knownIps.set(attempt.email, [...others, attempt.ip].slice(-knownIpLimit), nowMillis)
      }),
    open: ({ email, ip }) => Effect.withFiberSucceed((fiber) => openedBy.set(email, ip, monotonicMillis(fiber))),
    cancel: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        settle(attempt, nowMillis)
        takeBackFromEmail(attempt.email, nowMillis)
      }),
  })
})
