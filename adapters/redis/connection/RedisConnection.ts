import { Context, Data, Effect, Layer, Option, Redacted, type Scope } from "effect"
import type { RedisClient } from "./RedisClient.ts"
import { makeRedisHealth } from "./RedisHealth.ts"
import * as RedisUrl from "./RedisUrl.ts"
import { makeStallDetector } from "./ResponseTimeout.ts"

/** Redis is away, or did not answer in time. Whoever asked goes on by itself. */
export class RedisAway extends Data.TaggedError("RedisAway") {}

/** Something that is to be put right in a Redis that was away, before it is used again. */
export interface Restoration {
  readonly restore: (client: RedisClient) => Promise<unknown>
  /** Whether nothing is left to do; asked at the very moment at which Redis is used again. */
  readonly isDone: () => boolean
}

/** The way to Redis that all its adapters share, and what is known of its health. */
export class RedisConnection extends Context.Service<
  RedisConnection,
  {
    /** Whether Redis is there, as far as is known: asking costs nothing. */
    readonly isUp: () => boolean
    /** How many times Redis went away so far: where it changed, Redis may have lost what it knew. */
    readonly outages: () => number
    /** The key of that name about that subject; all keys about one subject lie on one server. */
    readonly key: (subject: string, name: string) => string
    /** Waits for a bounded time (see `RedisOptions`), and not at all while Redis is known to be away. */
    readonly ask: <A>(send: (client: RedisClient) => Promise<A>) => Effect.Effect<A, RedisAway>
    /** Hears, until the scope closes, what any process says on the channel; what is said during an outage is lost. */
    readonly hear: (channel: string, listener: (message: string) => void) => Effect.Effect<void, never, Scope.Scope>
    readonly say: (channel: string, message: string) => Effect.Effect<void, RedisAway>
    readonly restoreAfterOutages: (restoration: Restoration) => Effect.Effect<void>
  }
>()("taskwright/redis/RedisConnection") {}

export interface RedisOptions {
  /** See `RedisUrl.parse`. */
  readonly url: Redacted.Redacted
  /** What every key and channel begins with. */
  readonly keyPrefix: string
  /** How long anything waits for a Redis that says nothing to anybody; 100 ms unless told. */
  readonly deadlineMillis?: number | undefined
}

/** How often Redis is probed, whether it is there or away. */
const probeIntervalMillis = 500
/** How long the start waits to find Redis there. */
const startMillis = 1_000
const startProbeIntervalMillis = 20
const restorationMillis = 2_000
/** How long a probe leaves its keys behind. */
const probeLifetimeMillis = 10_000
/** Enough keys that some lie on every server of a cluster of usual size. */
const clusterProbes = 32

/**
 * The connection to Redis. It is made in the background, for ever: a Redis that is away neither stops the start, which
 * gives it a second, nor fails any caller.
 */
export const layer = (options: RedisOptions): Layer.Layer<RedisConnection> =>
  Layer.effect(
    RedisConnection,
    Effect.gen(function* () {
      const deadlineMillis = options.deadlineMillis ?? 100
      const target = Option.getOrThrow(RedisUrl.parse(Redacted.value(options.url)))
      const health = yield* makeRedisHealth(RedisUrl.describe(target))
      let isOpen = true
      // Who has no Redis does not load its client, which takes 20 MB.
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

      /** A subscription that is there already costs nothing; one that was lost on the way is there again. */
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
                    // It may have been one answer that was late: then it is used again within milliseconds.
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

/** The next round subscribes what could not be subscribed now. */
const tryAgainLater = (): void => {}

const isAway = Effect.fail(new RedisAway())

/** Redis is there if it takes writes: a replica, a full disk and a cluster without a quorum answer too. */
const probeWrites = (client: RedisClient, key: (subject: string, name: string) => string): Promise<unknown> => {
  if (!client.isReady()) return Promise.reject(client.lastFailure() ?? new Error("no connection yet"))
  const writes = Array.from({ length: client.isCluster ? clusterProbes : 1 }, (_, index) =>
    client.set(key(`probe:${index}`, "probe"), "", probeLifetimeMillis),
  )
  return Promise.all(writes)
}

/** The answer; a rejection where none has come by then. */
const inTime = <A>(answer: Promise<A>, millis: number): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/**
 * The message alone, for an error of the client carries the command that met it, a password at worst; and without the
 * arguments that a server repeats of a command it does not know.
 */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return isConnectionLoss.test(message)
    ? "the connection was lost"
    : message.replace(/,? with args beginning with.*/s, "")
}

/** How the client says so, in words about its own settings. */
const isConnectionLoss = /^(?:Connection is closed|Reached the max retries|Stream isn't writeable|Cluster isn't ready)/
