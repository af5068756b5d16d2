/** Checks the Redis of a set-up: whether it responds, what it does when it is full, and its clock. */
import { Clock, Effect, Option, Redacted, Schedule } from "effect"
import { clockFinding, type Finding, failed, ok, warning, withinLimit } from "../diagnosis/Finding.ts"
import { makeRedisClient, type RedisClient } from "./connection/RedisClient.ts"
import * as RedisUrl from "./connection/RedisUrl.ts"

const advice = "Check REDIS_URL, the server and the network."
const intervalMillis = 50
const connectMillis = 4_000

/** Sends only commands that read. */
export const checkRedis = (url: Redacted.Redacted): Effect.Effect<ReadonlyArray<Finding>> =>
  Option.match(RedisUrl.parse(Redacted.value(url)), {
    onNone: () => Effect.succeed([failed("Redis", "REDIS_URL is malformed.")]),
    onSome: (target) =>
      Effect.acquireUseRelease(
        Effect.sync(() => makeRedisClient(target)),
        (client) => inspect(client, RedisUrl.describe(target)),
        (client) => Effect.sync(() => client.close()),
      ).pipe(withinLimit("Redis", advice)),
  })

const inspect = (client: RedisClient, described: string) =>
  Effect.gen(function* () {
    const isReady = yield* Effect.sync(client.isReady).pipe(
      Effect.repeat({
        until: (ready) => ready,
        // By time and not by a number of tries, which a busy machine would spread over more than the limit of a check.
        schedule: Schedule.spaced(intervalMillis).pipe(Schedule.upTo({ duration: connectMillis })),
      }),
    )
    if (!isReady) return [failed("Redis", `${described} is unavailable: ${reasonOf(client.lastFailure())}. ${advice}`)]
    const before = yield* Clock.currentTimeMillis
    const time = yield* ask(client, "TIME")
    const after = yield* Clock.currentTimeMillis
    const [seconds, micros] = Array.isArray(time) ? time.map(Number) : []
    const information = String(yield* ask(client, "INFO", "memory"))
    const [, policy = "unknown"] = /^maxmemory_policy:(\S+)/m.exec(information) ?? []
    return [
      ok("Redis", described),
      /^(?:noeviction|volatile-\w+)$/.test(policy)
        ? ok("Redis policy", policy)
        : warning("Redis policy", `${policy} can drop a lockout. Set maxmemory-policy to noeviction or volatile-ttl.`),
      clockFinding("Redis clock", (seconds ?? 0) * 1000 + (micros ?? 0) / 1000, { before, after }),
    ]
  }).pipe(Effect.catch((error) => Effect.succeed([failed("Redis", `${described}: ${reasonOf(error)}. ${advice}`)])))

const ask = (client: RedisClient, name: string, ...values: ReadonlyArray<string>) =>
  Effect.tryPromise({ try: () => client.ask(name, ...values), catch: (cause) => cause })

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && cause.message !== "" ? cause.message : "no answer"
