/** Provides the connection to Redis that all Redis adapters share, with timeouts and recovery after outages. */
import { Context, Data, Effect, Layer, Option, Redacted, type Scope } from "effect"
import type { RedisClient } from "./RedisClient.ts"
import { makeRedisHealth } from "./RedisHealth.ts"
import * as RedisUrl from "./RedisUrl.ts"
import { makeStallDetector } from "./StallDetector.ts"

/** Redis is unavailable or did not respond in time. The caller falls back to its own state. */
export class RedisUnavailable extends Data.TaggedError("RedisUnavailable") {}

/** Repairs data in a Redis that was unavailable, before it is used again. */
export interface RecoveryStep {
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
    readonly command: <A>(send: (client: RedisClient) => Promise<A>) => Effect.Effect<A, RedisUnavailable>
    /** Subscribes to the channel until the scope closes; messages sent during an outage are lost. */
    readonly subscribe: (
      channel: string,
      listener: (message: string) => void,
    ) => Effect.Effect<void, never, Scope.Scope>
    readonly publish: (channel: string, message: string) => Effect.Effect<void, RedisUnavailable>
    readonly onRecovery: (step: RecoveryStep) => Effect.Effect<void>
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
const recoveryTimeoutMillis = 2_000
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
      const recoverySteps: Array<RecoveryStep> = []
      const channels = new Map<string, (message: string) => void>()
      client.onMessage((channel, message) => channels.get(channel)?.(message))
      const key = (subject: string, name: string) => `${options.keyPrefix}{${subject}}:${name}`

      /** Repeating an existing subscription is free; a lost one is restored. */
      const resubscribe = () => {
        for (const channel of channels.keys()) client.subscribe(channel).catch(ignore)
      }

      const failWhenStalled = makeStallDetector(deadlineMillis)
      let isStarting = true
      const probe = async (): Promise<boolean> => {
        try {
          await failWhenStalled(probeWrites(client, key))
          if (!health.isUp()) {
            await withTimeout(Promise.all(recoverySteps.map(({ restore }) => restore(client))), recoveryTimeoutMillis)
          }
          const isRecovered = health.isUp() || recoverySteps.every(({ isDone }) => isDone())
          if (isRecovered) health.recordSuccess()
          return isRecovered
        } catch (error) {
          if (!isStarting && isOpen) health.recordFailure(reasonOf(error))
          return false
        }
      }

      yield* Effect.promise(probe).pipe(
        Effect.tap((isUp) => (isUp ? Effect.void : Effect.sleep(startProbeIntervalMillis))),
        Effect.repeat({ until: (isUp) => isUp }),
        Effect.timeoutOption(startMillis),
      )
      isStarting = false
      yield* Effect.sync(resubscribe).pipe(
        Effect.andThen(Effect.promise(probe)),
        Effect.andThen(Effect.sleep(probeIntervalMillis)),
        Effect.forever,
        Effect.forkScoped,
      )

      const command = <A>(send: (client: RedisClient) => Promise<A>): Effect.Effect<A, RedisUnavailable> =>
        Effect.suspend(() =>
          health.isUp()
            ? Effect.callback<A, RedisUnavailable>((resume) => {
                failWhenStalled(send(client)).then(
                  (reply) => resume(Effect.succeed(reply)),
                  (error) => {
                    // If only one response was late, the probe makes Redis available again within milliseconds.
                    if (isOpen && health.recordFailure(reasonOf(error))) probe()
                    resume(failUnavailable)
                  },
                )
              })
            : failUnavailable,
        )

      return {
        isUp: health.isUp,
        outages: health.outages,
        key,
        command,
        subscribe: (channel, listener) =>
          Effect.acquireRelease(
            Effect.sync(() => {
              channels.set(options.keyPrefix + channel, listener)
              resubscribe()
            }),
            () => Effect.sync(() => channels.delete(options.keyPrefix + channel)),
          ),
        publish: (channel, message) =>
          Effect.asVoid(command(({ publish }) => publish(options.keyPrefix + channel, message))),
        onRecovery: (step) => Effect.sync(() => void recoverySteps.push(step)),
      }
    }),
  )

/** Ignores the failure; the next round subscribes again. */
const ignore = (): void => {}

const failUnavailable = Effect.fail(new RedisUnavailable())

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
const withTimeout = <A>(reply: Promise<A>, millis: number): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis)
    reply.then(resolve, reject).finally(() => clearTimeout(timer))
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
