import { connect } from "node:net"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { type ContainerServer, startPostgres, startRedis } from "./containers.ts"

/** A kind of server that tests run on. */
interface Service {
  readonly name: string
  /** Where its URL stands, and why there is none: both for the test files, which run in processes of their own. */
  readonly setting: string
  readonly absence: string
  /** The service's own setting, which names the server where that of the tests does not. */
  readonly serviceSetting: string
  /** The URLs of a server on this machine, the likeliest first. */
  readonly local: (port: number) => ReadonlyArray<string>
  /** The port that it listens on by itself, and the setting that names another. */
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

/** Finds the server that was named, else one on this machine, else starts one; else says why there is none. */
const find = async (service: Service): Promise<ContainerServer | undefined> => {
  // A server that was named is to be there: tests fail rather than pass it over.
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

/** Before the first test file: finds or starts the servers, once a run. After the last one: stops what was started. */
export default async () => {
  const started = await Promise.all([postgres, redis].map(find))
  return () => Promise.all(started.map((server) => server?.stop()))
}
