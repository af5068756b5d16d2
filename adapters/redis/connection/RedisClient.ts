/** Wraps ioredis: one client interface for a single server, a Sentinel set-up and a cluster. */
import { Cluster, Redis, type RedisOptions } from "ioredis"
import type { RedisScript } from "../scripts/RedisScript.ts"
import { redisScripts } from "../scripts/RedisScripts.ts"
import { type RedisAccess, type RedisNode, RedisTarget } from "./RedisUrl.ts"

/**
 * The operations that the adapters need, whatever the kind of target. Every promise may be rejected, and none has a
 * timeout.
 */
export interface RedisClient {
  /** Whether commands would be sent at once. */
  readonly isReady: () => boolean
  /** The error of the last failed connection attempt. */
  readonly lastFailure: () => unknown
  readonly run: (
    script: RedisScript,
    keys: ReadonlyArray<string>,
    values: ReadonlyArray<string | number>,
  ) => Promise<unknown>
  /** Stores a text under a key for `millis` milliseconds. */
  readonly set: (key: string, value: string, millis: number) => Promise<unknown>
  /** Sends a command without keys, to any node of a cluster. */
  readonly ask: (name: string, ...values: ReadonlyArray<string>) => Promise<unknown>
  readonly publish: (channel: string, message: string) => Promise<unknown>
  readonly subscribe: (channel: string) => Promise<unknown>
  readonly onMessage: (listener: (channel: string, message: string) => void) => void
  /** Whether the keys are spread over several servers. */
  readonly isCluster: boolean
  readonly close: () => void
}

const connectTimeoutMillis = 2_000
/** How long a connection may leave a command without a response before it counts as dead and is replaced. */
const socketTimeoutMillis = 2_000
const minRetryDelayMillis = 50
const maxRetryDelayMillis = 2_000
const slotsRefreshMillis = 2_000
const redirectionLimit = 3

/** Retries for ever with growing delays, because an unavailable Redis must not stop the process. */
const retryDelayMillis = (attempt: number): number =>
  Math.min(minRetryDelayMillis * 2 ** (attempt - 1), maxRetryDelayMillis)

/** With `replyMapping` the client's type would depend on it; the default mapping is always used. */
type Options = Omit<RedisOptions, "replyMapping">

const shared: Options = {
  connectTimeout: connectTimeoutMillis,
  socketTimeout: socketTimeoutMillis,
  // No command waits for a connection: callers have a fallback, and a command that runs late would surprise.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A server that lost its role keeps the connection open; a new connection finds the current primary.
  reconnectOnError: (error) => error.message.includes("READONLY"),
}

const queueless: Options = { ...shared, enableOfflineQueue: false, enableAutoPipelining: true }

/** Returns a client of the target that reconnects by itself until it is closed. It never throws or emits. */
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
        sentinelRetryStrategy: retryDelayMillis,
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
  retryStrategy: retryDelayMillis,
})

const ofServer = (options: Options): RedisClient => {
  const commands = new Redis(options)
  // In RESP2, the older of Redis's two protocols, a subscribed connection can do nothing else. Its owner subscribes
  // again itself: if the client did so and failed, the rejection would be unhandled.
  const listener = new Redis({ ...options, enableAutoPipelining: false, autoResubscribe: false })
  return makeFacade(commands, listener, [commands, listener])
}

const ofCluster = ({ nodes, ...access }: RedisAccess & { readonly nodes: ReadonlyArray<RedisNode> }): RedisClient => {
  const cluster = new Cluster(
    nodes.map((node) => ({ ...node })),
    {
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      clusterRetryStrategy: retryDelayMillis,
      slotsRefreshInterval: slotsRefreshMillis,
      maxRedirections: redirectionLimit,
      // Certificates are issued for names, so names are not resolved.
      ...(access.hasTls ? { dnsLookup: (name, answer) => answer(null, name) } : {}),
      redisOptions: { ...shared, ...accessOptions(access) },
    },
  )
  // The cluster subscribes on its own connection to one of the nodes, and moves to another when that one is lost.
  return makeFacade(cluster, cluster, [cluster])
}

const makeFacade = (
  commands: Redis | Cluster,
  listener: Redis | Cluster,
  all: ReadonlyArray<Redis | Cluster>,
): RedisClient => {
  let lastFailure: unknown = null
  // Without a listener an error would be printed together with its command, which may contain a password.
  for (const client of all) {
    client.on("error", (error: Error & { readonly lastNodeError?: unknown }) => {
      lastFailure = error.lastNodeError ?? error
    })
  }
  // Define all scripts before any command is sent: a pipeline that began without a script never learns of it and fails.
  for (const { keys, lua, name } of redisScripts) commands.defineCommand(name, { lua, numberOfKeys: keys })
  return {
    isReady: () => commands.status === "ready",
    lastFailure: () => lastFailure,
    // A cluster throws if no node serves a key's slot; `async` turns that into a rejection.
    run: async ({ name }, keys, values) =>
      (commands as unknown as Record<string, ScriptCall>)[name]?.call(commands, ...keys, ...values),
    set: async (key, value, millis) => commands.set(key, value, "PX", millis),
    ask: async (name, ...values) => commands.call(name, ...values),
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
