import { Effect, Layer } from "effect"
import { type LoginAttempt, LoginThrottle, loginLimits } from "../../application/accounts/LoginThrottle.ts"
import { TooManyAttempts } from "../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { monotonicMillis } from "./MonotonicTime.ts"
import { makeRecentEntries } from "./RecentEntries.ts"

const { emailFailures, emailWindowMillis, pairFailures, pairWindowMillis } = loginLimits

/** How many pairs, and how many email addresses, are remembered at most; of more, the least recently used go. */
const entryLimit = 100_000

/** From how many IPs an email address is known to log in, at most: the latest. */
const knownIpLimit = 32

/** A known IP can fail on while the email address is locked, so more than `emailFailures` times may have to be kept. */
const keptEmailFailures = 2 * emailFailures

interface PairFailures {
  /** Oldest first, at most `pairFailures`. */
  readonly times: Array<number>
  lockedUntil: number
}

/** Counts a failure; of more than `kept` the oldest is forgotten. */
const count = (times: Array<number>, kept: number, nowMillis: number): void => {
  times.push(nowMillis)
  if (times.length > kept) times.shift()
}

/** Until when that many failures lie within a window; minus infinity where there are fewer. */
const reachedUntil = (times: ReadonlyArray<number>, failures: number, windowMillis: number): number =>
  (times.at(-failures) ?? Number.NEGATIVE_INFINITY) + windowMillis

const pairKey = ({ email, ip }: LoginAttempt): string => `${email} ${ip}`

/** The lockout in this process: everything is forgotten when it ends. */
export const layer: Layer.Layer<LoginThrottle> = Layer.sync(LoginThrottle, () => {
  const pairs = makeRecentEntries<string, PairFailures>(entryLimit, () => pairWindowMillis)
  const emails = makeRecentEntries<EmailAddress, Array<number>>(entryLimit, () => emailWindowMillis)
  const knownIps = makeRecentEntries<EmailAddress, Array<string>>(entryLimit, () => Number.POSITIVE_INFINITY)

  /** How long, in milliseconds, the attempt may not begin; 0 where it has begun, counted as failed. */
  const admit = (attempt: LoginAttempt, nowMillis: number): number => {
    const key = pairKey(attempt)
    const pair = pairs.get(key, nowMillis) ?? { times: [], lockedUntil: Number.NEGATIVE_INFINITY }
    const ofEmail = emails.get(attempt.email, nowMillis) ?? []
    const isKnown = knownIps.get(attempt.email, nowMillis)?.includes(attempt.ip) ?? false
    const emailLockedUntil = isKnown
      ? Number.NEGATIVE_INFINITY
      : reachedUntil(ofEmail, emailFailures, emailWindowMillis)
    const lockedUntil = Math.max(pair.lockedUntil, emailLockedUntil)
    if (lockedUntil > nowMillis) return Math.ceil(lockedUntil - nowMillis)

    count(pair.times, pairFailures, nowMillis)
    if (reachedUntil(pair.times, pairFailures, pairWindowMillis) > nowMillis) {
      pair.lockedUntil = nowMillis + pairWindowMillis
    }
    pairs.set(key, pair, nowMillis)
    count(ofEmail, keptEmailFailures, nowMillis)
    emails.set(attempt.email, ofEmail, nowMillis)
    return 0
  }

  const takeBackFromEmail = (email: EmailAddress, nowMillis: number): void => {
    emails.get(email, nowMillis)?.pop()
  }

  return LoginThrottle.of({
    admit: (attempt) =>
      Effect.withFiber((fiber) => {
        const retryAfterMillis = admit(attempt, monotonicMillis(fiber))
        return retryAfterMillis === 0 ? Effect.void : Effect.fail(new TooManyAttempts({ retryAfterMillis }))
      }),
    succeed: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        pairs.delete(pairKey(attempt))
        takeBackFromEmail(attempt.email, nowMillis)
        const others = (knownIps.get(attempt.email, nowMillis) ?? []).filter((ip) => ip !== attempt.ip)
        knownIps.set(attempt.email, [...others, attempt.ip].slice(-knownIpLimit), nowMillis)
      }),
    withdraw: (attempt) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        const pair = pairs.get(pairKey(attempt), nowMillis)
        if (pair === undefined || pair.times.pop() === undefined) return
        // Where it was this attempt that locked the pair, one may try again.
        pair.lockedUntil = Number.NEGATIVE_INFINITY
        takeBackFromEmail(attempt.email, nowMillis)
      }),
  })
})
