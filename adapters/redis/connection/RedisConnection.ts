/** Provides the connection to Redis that all Redis adapters share, with timeouts and recovery after outages. */
import { Context, Data, Effect, Layer, Option, Redacted, type Scope } from "effect"
import type { RedisClient } from "./RedisClient.ts"
import { makeRedisHealth } from "./RedisHealth.ts"
import * as RedisUrl from "./RedisUrl.ts"
import { makeStallDetector } from "./ResponseTimeout.ts"

/** Redis is unavailable or did not respond in time. The caller falls back to its own state. */
export class RedisAway extends Data.TaggedError("RedisAway") {}

/** Repairs data in a Redis that was unavailable, before it is used again. */
export interface Restoration {
  readonly restore: (client: RedisClient) => Promise<unknown>
  /** Returns whether no work is left; called at the moment when Redis is about to be used again. */
  readonly isDone: () => boolean
}

/** The connection to Redis that all its adapters share, and its health. */
export class RedisConnection extends Context.Service<
  RedisConnection,
  {
    /** Returns whether Redis is available as far as is known, without a round trip. */
    readonly isUp: () => boolean
    /** Returns the number of outages so far: after a change, Redis may have lost data. */
    readonly outages: () => number
    /** Returns the key of a name within a subject; all keys of one subject are on one server. */
    readonly key: (subject: string, name: string) => string
    /** Runs a command with a timeout (see `RedisOptions`). Fails at once while Redis is known to be unavailable. */
    readonly ask: <A>(send: (client: RedisClient) => Promise<A>) => Effect.Effect<A, RedisAway>
    /** Subscribes to the channel until the scope closes; messages sent during an outage are lost. */
    readonly hear: (channel: string, listener: (message: string) => void) => Effect.Effect<void, never, Scope.Scope>
    readonly say: (channel: string, message: string) => Effect.Effect<void, RedisAway>
    readonly restoreAfterOutages: (restoration: Restoration) => Effect.Effect<void>
  }
>()("taskwright/redis/RedisConnection") {}

export interface RedisOptions {
  /** See `RedisUrl.parse`. */
  readonly url: Redacted.Redacted
  /** The prefix of every key and channel. */
  readonly keyPrefix: string
  /** How long a command waits while Redis sends no response at all; 100 ms by default. */
  readonly deadlineMillis?: number | undefined
}

/** How often Redis is probed, whether it is available or not. */
const probeIntervalMillis = 500
/** How long the start waits for Redis to become available. */
const startMillis = 1_000
const startProbeIntervalMillis = 20
const restorationMillis = 2_000
/** How long the keys of a probe live. */
const probeLifetimeMillis = 10_000
/** Enough keys that, in a cluster of usual size, some are on every server. */
const clusterProbes = 32

/**
 * The connection to Redis, established and re-established in the background for as long as the layer lives. An
 * unavailable Redis delays the start by at most one second, and fails no caller.
 */
export const layer = (options: RedisOptions): Layer.Layer<RedisConnection> =>
  Layer.effect(
    RedisConnection,
    Effect.gen(function* () {
      const deadlineMillis = options.deadlineMillis ?? 100
      const target = Option.getOrThrow(RedisUrl.parse(Redacted.value(options.url)))
      const health = yield* makeRedisHealth(RedisUrl.describe(target))
      let isOpen = true
      // Loaded only when Redis is configured, because the client takes 20 MB.
      const { makeRedisClient } = yield* Effect.promise(() => import("./RedisClient.ts"))
      const client = yield* Effect.acquireRelease(
        Effect.sync(() => makeRedisClient(target)),
        ({ close }) =>
          Effect.sync(() => {
            isOpen = false
            close()
          }),
      )
      const restorations: Array<Restoration> = []
      const channels = new Map<string, (message: string) => void>()
      client.onMessage((channel, message) => channels.get(channel)?.(message))
      const key = (subject: string, name: string) => `${options.keyPrefix}{${subject}}:${name}`

      /** Repeating an existing subscription is free; a lost one is restored. */
      const subscribe = () => {
        for (const channel of channels.keys()) client.subscribe(channel).catch(tryAgainLater)
      }

      const unlessSilent = makeStallDetector(deadlineMillis)
      let isStarting = true
      const probe = async (): Promise<boolean> => {
        try {
          await unlessSilent(probeWrites(client, key))
          if (!health.isUp()) {
            await inTime(Promise.all(restorations.map(({ restore }) => restore(client))), restorationMillis)
          }
          const isRestored = health.isUp() || restorations.every(({ isDone }) => isDone())
          if (isRestored) health.succeeded()
          return isRestored
        } catch (error) {
          if (!isStarting && isOpen) health.failed(reasonOf(error))
          return false
        }
      }

      yield* Effect.promise(probe).pipe(
        Effect.tap((isUp) => (isUp ? Effect.void : Effect.sleep(startProbeIntervalMillis))),
        Effect.repeat({ until: (isUp) => isUp }),
        Effect.timeoutOption(startMillis),
      )
      isStarting = false
      yield* Effect.sync(subscribe).pipe(
        Effect.andThen(Effect.promise(probe)),
        Effect.andThen(Effect.sleep(probeIntervalMillis)),
        Effect.forever,
        Effect.forkScoped,
      )

      const ask = <A>(send: (client: RedisClient) => Promise<A>): Effect.Effect<A, RedisAway> =>
        Effect.suspend(() =>
          health.isUp()
            ? Effect.callback<A, RedisAway>((resume) => {
                unlessSilent(send(client)).then(
                  (answer) => resume(Effect.succeed(answer)),
                  (error) => {
                    // If only one response was late, the probe makes Redis available again within milliseconds.
                    if (isOpen && health.failed(reasonOf(error))) probe()
                    resume(isAway)
                  },
                )
              })
            : isAway,
        )

      return {
        isUp: health.isUp,
        outages: health.outages,
        key,
        ask,
        hear: (channel, listener) =>
          Effect.acquireRelease(
            Effect.sync(() => {
              channels.set(options.keyPrefix + channel, listener)
              subscribe()
            }),
            () => Effect.sync(() => channels.delete(options.keyPrefix + channel)),
          ),
        say: (channel, message) => Effect.asVoid(ask(({ publish }) => publish(options.keyPrefix + channel, message))),
        restoreAfterOutages: (restoration) => Effect.sync(() => void restorations.push(restoration)),
      }
    }),
  )

/** Ignores the failure; the next round subscribes again. */
const tryAgainLater = (): void => {}

const isAway = Effect.fail(new RedisAway())

/**
 * Redis counts as available if it accepts writes: a replica, a full disk and a cluster without a quorum respond too.
 */
const probeWrites = (client: RedisClient, key: (subject: string, name: string) => string): Promise<unknown> => {
  if (!client.isReady()) return Promise.reject(client.lastFailure() ?? new Error("no connection yet"))
  const writes = Array.from({ length: client.isCluster ? clusterProbes : 1 }, (_, index) =>
    client.set(key(`probe:${index}`, "probe"), "", probeLifetimeMillis),
  )
  return Promise.all(writes)
}

/** Returns the response; rejects if none arrives within `millis` milliseconds. */
const inTime = <A>(answer: Promise<A>, millis: number): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/**
 * Returns the message alone, because an error of the client carries its command, which may contain a password. Drops
 * the arguments that a server repeats for a command it does not know.
 */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return isConnectionLoss.test(message)
    ? "the connection was lost"
    : message.replace(/,? with args beginning with.*/s, "")
}

/** The client's messages for a lost connection; they speak of its own settings. */
const isConnectionLoss = /^(?:Connection is closed|Reached the max retries|Stream isn't writeable|Cluster isn't ready)/
