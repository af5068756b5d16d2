import { Cluster, Redis, type RedisOptions } from "ioredis"
import type { RedisScript } from "../scripts/RedisScript.ts"
import { redisScripts } from "../scripts/RedisScripts.ts"
import { type RedisAccess, type RedisNode, RedisTarget } from "./RedisUrl.ts"

/** What the adapters ask of Redis, whichever form it has. Every promise may be rejected, and none has a deadline. */
export interface RedisClient {
  /** Whether commands would be sent at once. */
  readonly isReady: () => boolean
  /** What connecting failed for, the last time it did. */
  readonly lastFailure: () => unknown
  readonly run: (
    script: RedisScript,
    keys: ReadonlyArray<string>,
    values: ReadonlyArray<string | number>,
  ) => Promise<unknown>
  /** Keeps a text under a key for that long. */
  readonly set: (key: string, value: string, millis: number) => Promise<unknown>
  readonly publish: (channel: string, message: string) => Promise<unknown>
  readonly subscribe: (channel: string) => Promise<unknown>
  readonly onMessage: (listener: (channel: string, message: string) => void) => void
  /** Whether the keys are spread over several servers. */
  readonly isCluster: boolean
  readonly close: () => void
}

const connectTimeoutMillis = 2_000
/** How long a connection may owe an answer before it counts as dead and is made anew. */
const silenceMillis = 2_000
const firstPauseMillis = 50
const longestPauseMillis = 2_000
const slotsRefreshMillis = 2_000
const redirectionLimit = 3

/** For ever, with growing pauses: a Redis that is away is no reason to end. */
const pauseBefore = (attempt: number): number => Math.min(firstPauseMillis * 2 ** (attempt - 1), longestPauseMillis)

/** Its type would depend on the mapping of replies, which stays as it is. */
type Options = Omit<RedisOptions, "replyMapping">

const shared: Options = {
  connectTimeout: connectTimeoutMillis,
  socketTimeout: silenceMillis,
  // Nothing waits for a connection: the callers have something better to do, and a late command would surprise.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A server that lost its role keeps the connection open; a new one finds who has the role now.
  reconnectOnError: (error) => error.message.includes("READONLY"),
}

const queueless: Options = { ...shared, enableOfflineQueue: false, enableAutoPipelining: true }

/** A client of that Redis, which connects by itself, again and again, until it is closed. It never throws or emits. */
export const makeRedisClient = (target: RedisTarget): RedisClient =>
  RedisTarget.$match(target, {
    Single: (single) => ofServer({ ...single.node, ...serverOptions(single), db: single.database }),
    Sentinel: (sentinel) =>
      ofServer({
        ...serverOptions(sentinel),
        sentinels: sentinel.sentinels.map((node) => ({ ...node })),
        name: sentinel.masterName,
        db: sentinel.database,
        failoverDetector: true,
        sentinelRetryStrategy: pauseBefore,
        enableTLSForSentinelMode: sentinel.hasTls,
        ...(sentinel.hasTls ? { sentinelTLS: {} } : {}),
      }),
    Cluster: ofCluster,
  })

const accessOptions = ({ hasTls, password, username }: RedisAccess): Options => ({
  ...(username === null ? {} : { username }),
  ...(password === null ? {} : { password }),
  ...(hasTls ? { tls: {} } : {}),
})

const serverOptions = (access: RedisAccess): Options => ({
  ...queueless,
  ...accessOptions(access),
  retryStrategy: pauseBefore,
})

const ofServer = (options: Options): RedisClient => {
  const commands = new Redis(options)
  // A connection that listens can do nothing else in the older of Redis's two protocols.
  // Its owner subscribes again by itself: nobody would catch it where the client did so in vain.
  const listener = new Redis({ ...options, enableAutoPipelining: false, autoResubscribe: false })
  return facade(commands, listener, [commands, listener])
}

const ofCluster = ({ nodes, ...access }: RedisAccess & { readonly nodes: ReadonlyArray<RedisNode> }): RedisClient => {
  const cluster = new Cluster(
    nodes.map((node) => ({ ...node })),
    {
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      clusterRetryStrategy: pauseBefore,
      slotsRefreshInterval: slotsRefreshMillis,
      maxRedirections: redirectionLimit,
      // Certificates are made out to names, so a name stays one.
      ...(access.hasTls ? { dnsLookup: (name, answer) => answer(null, name) } : {}),
      redisOptions: { ...shared, ...accessOptions(access) },
    },
  )
  // It listens on a connection of its own to one of the nodes, and moves to another where that one goes.
  return facade(cluster, cluster, [cluster])
}

const facade = (
  commands: Redis | Cluster,
  listener: Redis | Cluster,
  all: ReadonlyArray<Redis | Cluster>,
): RedisClient => {
  let lastFailure: unknown = null
  // Without a listener an error would be printed, with the command that met it: a password, at worst.
  for (const client of all) {
    client.on("error", (error: Error & { readonly lastNodeError?: unknown }) => {
      lastFailure = error.lastNodeError ?? error
    })
  }
  // All at once and before anything is sent: a pipeline that began without a script would never know it, and break.
  for (const { keys, lua, name } of redisScripts) commands.defineCommand(name, { lua, numberOfKeys: keys })
  return {
    isReady: () => commands.status === "ready",
    lastFailure: () => lastFailure,
    // A cluster throws where no node serves a key's slot; so that is made a rejection here.
    run: async ({ name }, keys, values) =>
      (commands as unknown as Record<string, ScriptCall>)[name]?.call(commands, ...keys, ...values),
    set: async (key, value, millis) => commands.set(key, value, "PX", millis),
    publish: async (channel, message) => commands.publish(channel, message),
    subscribe: async (channel) => listener.subscribe(channel),
    onMessage: (each) => listener.on("message", each),
    isCluster: commands.isCluster,
    close: () => {
      for (const client of all) client.disconnect()
    },
  }
}

type ScriptCall = (...values: ReadonlyArray<string | number>) => Promise<unknown>
