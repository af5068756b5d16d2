/** Starts Redis servers, a cluster and a Sentinel that tests can stop, freeze and restart. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { Effect } from "effect"
import { Redis } from "ioredis"
import { describe } from "vitest"
import { notRunName } from "./notRun.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0

/**
 * A `describe` for tests that start and stop servers of their own. Without the program they do not run, and are
 * reported by name.
 */
export const describeWithRedisServer = (name: string, tests: () => void): void => {
  if (hasRedisServer) describe(name, tests)
  else describe.skip(notRunName(name, "no program redis-server"), tests)
}

const startMillis = 10_000
const askIntervalMillis = 20

/** A Redis server of one test, which can stop and restart on the same port. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Starts the server and waits until it responds. It has lost all its data. */
  readonly start: Effect.Effect<void>
  /** Kills the server as a power failure would (SIGKILL), and waits until it has exited. */
  readonly kill: Effect.Effect<void>
  /** Freezes the server (SIGSTOP). It keeps its connections and sends no response until it is thawed. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
  /** Sends one command directly to the server. */
  readonly tell: (...command: [name: string, ...values: ReadonlyArray<string>]) => Effect.Effect<unknown>
}

/** Returns a port that is free now, as is the port above it that a cluster uses for gossip. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => (port > 0 && port < 55_000 ? resolve(port) : freePort().then(resolve, reject)))
    })
  })

const answers = async (port: number): Promise<boolean> => {
  const client = new Redis({ port, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  client.on("error", () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

/**
 * Makes a server with the given options, and with a configuration file if it needs one to write to. The server is
 * not started yet. The scope stops it.
 */
export const makeRedisServer = (options: ReadonlyArray<string> = [], configuration: string | null = null) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* Effect.promise(freePort)
    const file = join(folder, "redis.conf")
    if (configuration !== null) writeFileSync(file, configuration)
    let child: ChildProcess | undefined
    const signal = (name: NodeJS.Signals) => Effect.sync(() => void child?.kill(name))

    const start = async () => {
      child = spawn(
        "redis-server",
        [
          ...(configuration === null ? [] : [file]),
          ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"],
          ...["--logfile", join(folder, "log"), ...options],
        ],
        { stdio: "ignore" },
      )
      const until = Date.now() + startMillis
      while (!(await answers(port))) {
        if (Date.now() > until) throw new Error(`The Redis server on port ${port} does not answer`)
        await new Promise((resolve) => setTimeout(resolve, askIntervalMillis))
      }
    }
    const kill = async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, "exit")
      child.kill("SIGKILL")
      await gone
    }

    const server: RedisServer = {
      port,
      url: `redis://127.0.0.1:${port}`,
      start: Effect.promise(start),
      kill: Effect.promise(kill),
      freeze: signal("SIGSTOP"),
      thaw: signal("SIGCONT"),
      tell: (name, ...values) =>
        Effect.promise(async () => {
          const client = new Redis({ port, maxRetriesPerRequest: 0 })
          try {
            return await client.call(name, ...values)
          } finally {
            client.disconnect()
          }
        }),
    }
    return yield* Effect.acquireRelease(Effect.succeed(server), () => server.kill)
  })

/** Makes a server and starts it. */
export const startRedisServer = (options: ReadonlyArray<string> = []) =>
  Effect.tap(makeRedisServer(options), ({ start }) => start)

const slotCount = 16_384
const formMillis = 20_000

/**
 * Starts a cluster of three servers that serves all slots. A server counts as failed after `nodeTimeoutMillis` without a
 * response.
 */
export const startRedisCluster = Effect.fnUntraced(function* ({ nodeTimeoutMillis = 15_000 } = {}) {
  const servers = yield* Effect.all(
    Array.from({ length: 3 }, () =>
      startRedisServer(["--cluster-enabled", "yes", "--cluster-node-timeout", String(nodeTimeoutMillis)]),
    ),
    { concurrency: 3 },
  )
  const share = Math.ceil(slotCount / servers.length)
  for (const [index, { tell }] of servers.entries()) {
    yield* tell("CLUSTER", "ADDSLOTSRANGE", String(index * share), String(Math.min((index + 1) * share, slotCount) - 1))
    // Allowed only before the server knows any other.
    yield* tell("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1))
  }
  for (const { port, tell } of servers)
    for (const other of servers)
      if (other.port !== port) yield* tell("CLUSTER", "MEET", "127.0.0.1", String(other.port))
  yield* Effect.forEach(servers, awaitWhole, { concurrency: 3, discard: true })
  return { servers, url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}` }
})

/** Waits until the server knows all the others and together they serve every slot. */
const awaitWhole = ({ tell }: RedisServer) =>
  Effect.gen(function* () {
    const until = Date.now() + formMillis
    const isWhole = Effect.map(
      tell("CLUSTER", "INFO"),
      (info) => /cluster_state:ok/.test(String(info)) && /cluster_known_nodes:3/.test(String(info)),
    )
    while (!(yield* isWhole)) {
      if (Date.now() > until) return yield* Effect.die(new Error("The cluster does not form"))
      yield* Effect.sleep(askIntervalMillis)
    }
  })

/** Starts a server, its replica, and a Sentinel that promotes the replica once the server is unavailable. */
export const startRedisSentinel = Effect.gen(function* () {
  const master = yield* startRedisServer()
  const replica = yield* startRedisServer(["--replicaof", "127.0.0.1", String(master.port)])
  const sentinel = yield* makeRedisServer(
    ["--sentinel"],
    [
      `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
      "sentinel down-after-milliseconds mymaster 500",
      "sentinel failover-timeout mymaster 2000",
    ].join("\n"),
  )
  yield* sentinel.start
  const until = Date.now() + formMillis
  while (!/role:slave.*master_link_status:up/s.test(String(yield* replica.tell("INFO", "replication")))) {
    if (Date.now() > until) return yield* Effect.die(new Error("The replica does not follow"))
    yield* Effect.sleep(askIntervalMillis)
  }
  while (!/slaves=1/.test(String(yield* sentinel.tell("INFO", "sentinel")))) {
    if (Date.now() > until) return yield* Effect.die(new Error("The Sentinel does not see the replica"))
    yield* Effect.sleep(askIntervalMillis)
  }
  return { master, replica, sentinel, url: `redis+sentinel://127.0.0.1:${sentinel.port}/mymaster` }
})
