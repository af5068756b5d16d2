/** Vitest's global set-up: finds or starts the PostgreSQL and Redis servers of a test run. */
import { connect } from "node:net"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { type ContainerServer, startPostgres, startRedis } from "./containers.ts"

/** A kind of server that tests run on. */
interface Service {
  readonly name: string
  /**
   * The environment variables that hold its URL, and the reason if there is none. Both are for the test files,
   * which run in processes of their own.
   */
  readonly setting: string
  readonly absence: string
  /** The service's own setting. It names the server if the tests' setting does not. */
  readonly serviceSetting: string
  /** The URLs of a server on this machine, the likeliest first. */
  readonly local: (port: number) => ReadonlyArray<string>
  /** The server's default port, and the setting that names another. */
  readonly port: number
  readonly portSetting: string
  readonly letsIn: (url: string) => Promise<boolean>
  readonly start: () => Promise<ContainerServer>
}

const localHost = "127.0.0.1"

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: localHost, port })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once("connect", () => end(true))
    socket.once("error", () => end(false))
  })

const postgres: Service = {
  name: "PostgreSQL",
  setting: "TEST_DATABASE_URL",
  absence: "TEST_DATABASE_ABSENT",
  serviceSetting: "DATABASE_URL",
  local: (port) => ["test", "postgres"].map((database) => `postgres://postgres@${localHost}:${port}/${database}`),
  port: 5432,
  portSetting: "TEST_POSTGRES_PORT",
  letsIn: (url) =>
    PgClient.PgClient.pipe(
      Effect.flatMap((sql) => sql`SELECT 1`),
      Effect.provide(PgClient.layer({ url: Redacted.make(url), connectTimeout: "2 seconds" })),
      Effect.isSuccess,
      Effect.runPromise,
    ),
  start: startPostgres,
}

const redis: Service = {
  name: "Redis",
  setting: "TEST_REDIS_URL",
  absence: "TEST_REDIS_ABSENT",
  serviceSetting: "REDIS_URL",
  local: (port) => [`redis://${localHost}:${port}`],
  port: 6379,
  portSetting: "TEST_REDIS_PORT",
  letsIn: () => Promise.resolve(true),
  start: startRedis,
}

const localUrl = async (service: Service, port: number): Promise<string | undefined> => {
  if (!(await isListening(port))) return undefined
  for (const url of service.local(port)) if (await service.letsIn(url)) return url
  return undefined
}

/** Uses the configured server, else one on this machine, else starts one. If all fail, records the reason. */
const find = async (service: Service): Promise<ContainerServer | undefined> => {
  // A configured server must be reachable: tests fail rather than skip it.
  const named = process.env[service.setting] ?? process.env[service.serviceSetting]
  if (named !== undefined) {
    process.env[service.setting] = named
    return undefined
  }
  const port = Number(process.env[service.portSetting] ?? service.port)
  const url = await localUrl(service, port)
  if (url !== undefined) {
    process.env[service.setting] = url
    return undefined
  }
  try {
    const server = await service.start()
    process.env[service.setting] = server.url
    return server
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "no container"
    process.env[service.absence] =
      `no ${service.setting}, no ${service.name} on ${localHost}:${port}, and no container: ${reason}`
    return undefined
  }
}

/** Finds or starts the servers before the first test file, once a run. Stops the started ones after the last. */
export default async () => {
  const started = await Promise.all([postgres, redis].map(find))
  return () => Promise.all(started.map((server) => server?.stop()))
}
