/** Implements `LoginThrottle` on Redis, with the given in-memory throttle as the fallback. */
import { hash } from "node:crypto"
import { Effect, Layer } from "effect"
import type { HashingPriority } from "../../application/accounts/passwords/HashingTurn.ts"
import { type LoginAttempt, LoginThrottle, loginLimits } from "../../application/accounts/passwords/LoginThrottle.ts"
import { TooManyAttempts } from "../../domain/accounts/AccountErrors.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"
import * as LoginScripts from "./scripts/LoginThrottleScripts.ts"
import type { RedisScript } from "./scripts/RedisScript.ts"

export type LoginLimits = { readonly [Limit in keyof typeof loginLimits]: number }

/** The maximum number of known IPs of an email, and how long they are known after the last login from any of them. */
const knownIpLimit = 32
const knownIpMillis = 180 * 24 * 60 * 60 * 1000

/**
 * After this time an unfinished attempt no longer counts, because its process must have died. No request takes as long.
 */
const attemptMillis = 60_000

/** How long an attempt waits for those in progress, how often it polls, and the retry delay it gets after that. */
const waitTimeout = "5 seconds"
const pollIntervalMillis = 50
const retryAfterTimeoutMillis = 1_000

/**
 * The lockout that all processes on one Redis share. Each outcome is also recorded in this process's own throttle. So
 * while Redis is unavailable, this process still knows the failures and successes it saw itself.
 */
export const make = (limits: LoginLimits = loginLimits) =>
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const local = yield* LoginThrottle

    const run = (script: RedisScript, attempt: LoginAttempt, ...values: ReadonlyArray<string | number>) =>
      redis.command((client) => client.run(script, keysOf(redis.key, attempt), values))

    const failedKey = ({ ip }: LoginAttempt) => redis.key(`login-address:${digest(`address ${ip}`)}`, "failed")

    const openedKey = (attempt: LoginAttempt) => redis.key(`login:${digest(attempt.email)}`, `opened:${ipOf(attempt)}`)

    const hasMark = (key: string) =>
      Effect.map(
        redis.command((client) => client.run(LoginScripts.hasMark, [key], [])),
        (answer) => answer === 1,
      )

    /** An attempt that Redis cannot be asked about counts as fresh: nothing bad is known of it. */
    const priorityOf = (attempt: LoginAttempt, hasLoggedIn: boolean): Effect.Effect<HashingPriority> =>
      hasLoggedIn
        ? Effect.succeed("known")
        : Effect.all([hasMark(openedKey(attempt)), hasMark(failedKey(attempt))], { concurrency: 2 }).pipe(
            Effect.map(([hasOpened, hasFailed]) => (hasOpened ? "known" : hasFailed ? "suspect" : "fresh")),
            Effect.catch(() => Effect.succeed("fresh" as const)),
          )

    const begin = (attempt: LoginAttempt): Effect.Effect<HashingPriority, TooManyAttempts> =>
      run(
        LoginScripts.begin,
        attempt,
        ipOf(attempt),
        limits.pairFailures,
        limits.pairWindowMillis,
        limits.emailFailures,
        limits.emailWindowMillis,
        attemptMillis,
      ).pipe(
        Effect.matchEffect({
          onFailure: () => local.begin(attempt),
          onSuccess: (answer) => {
            const refusedMillis = answer as number
            if (refusedMillis === 0 || refusedMillis === -2) return priorityOf(attempt, refusedMillis === -2)
            return refusedMillis > 0
              ? refuse(refusedMillis)
              : Effect.andThen(
                  Effect.sleep(pollIntervalMillis),
                  Effect.suspend(() => begin(attempt)),
                )
          },
        }),
      )

    return LoginThrottle.of({
      begin: (attempt) =>
        Effect.timeoutOrElse(begin(attempt), {
          duration: waitTimeout,
          orElse: () => refuse(retryAfterTimeoutMillis),
        }),
      recordFailure: (attempt) =>
        run(LoginScripts.recordFailure, attempt, limits.pairFailures, limits.pairWindowMillis).pipe(
          Effect.andThen(redis.command(({ set }) => set(failedKey(attempt), "", limits.pairWindowMillis))),
          Effect.ignore,
          Effect.andThen(local.recordFailure(attempt)),
        ),
      recordSuccess: (attempt) =>
        run(LoginScripts.recordSuccess, attempt, ipOf(attempt), knownIpLimit, knownIpMillis).pipe(
          Effect.ignore,
          Effect.andThen(local.recordSuccess(attempt)),
        ),
      open: (attempt) =>
        redis
          .command(({ set }) => set(openedKey(attempt), "", knownIpMillis))
          .pipe(Effect.ignore, Effect.andThen(local.open(attempt))),
      cancel: (attempt) => Effect.catch(run(LoginScripts.cancel, attempt), () => local.cancel(attempt)),
    })
  })

export const layer: Layer.Layer<LoginThrottle, never, RedisConnection | LoginThrottle> = Layer.effect(
  LoginThrottle,
  make(),
)

const refuse = (retryAfterMillis: number) => Effect.fail(new TooManyAttempts({ retryAfterMillis }))

/** Hashes a key's subject, so that Redis's keys reveal neither an email nor the IPs its owner logs in from. */
const digest = (text: string): string => hash("sha256", text, "base64url").slice(0, 22)

const ipOf = ({ email, ip }: LoginAttempt): string => digest(`${email} ${ip}`)

const keysOf = (key: (subject: string, name: string) => string, attempt: LoginAttempt): ReadonlyArray<string> => {
  const subject = `login:${digest(attempt.email)}`
  const ip = ipOf(attempt)
  return [`failures:${ip}`, `lock:${ip}`, `under-way:${ip}`, "failures", "known-ips"].map((name) => key(subject, name))
}
