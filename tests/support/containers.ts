/** Starts PostgreSQL and Redis in containers for the tests. */
import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { promisify } from "node:util"
import type { StartedTestContainer } from "testcontainers"
import { root } from "./sources.ts"

/** The images that `docker compose up` runs too. */
export const images = { postgres: "postgres:17-alpine", redis: "redis:7.4-alpine" } as const

/** How long an engine may take to respond. */
const engineMillis = 8_000
/** How long a container may take to start, with the download of its image. */
const startMillis = 300_000

/** A server in a container of its own. */
export interface ContainerServer {
  readonly url: string
  readonly stop: () => Promise<unknown>
}

const askEngine = 'await (await import("testcontainers")).getContainerRuntimeClient()'

/**
 * Looks for a container engine in a child process that can be killed. An engine that never responds would otherwise
 * keep this process from exiting. Fails if no engine responds in time.
 */
const findEngine = async (): Promise<void> => {
  try {
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", askEngine], {
      cwd: root,
      timeout: engineMillis,
      killSignal: "SIGKILL",
    })
  } catch (cause) {
    throw new Error(`no container engine answers within ${engineMillis / 1000} s`, { cause })
  }
}

let library: Promise<typeof import("testcontainers")> | undefined

/** Loaded only if there is an engine, because the module is large. */
const testcontainers = () => {
  library ??= findEngine().then(() => import("testcontainers"))
  return library
}

const running = async (
  start: Promise<StartedTestContainer>,
  image: string,
  urlOf: (container: StartedTestContainer) => string,
): Promise<ContainerServer> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`${image} did not start within ${startMillis / 1000} s`)),
    startMillis,
  )
  try {
    const container = await Promise.race([start, late.promise])
    return { url: urlOf(container), stop: () => container.stop() }
  } finally {
    clearTimeout(timer)
  }
}

/** Starts a PostgreSQL for the tests. Its data is removed with it. Fails if there is no container engine. */
export const startPostgres = async (): Promise<ContainerServer> => {
  const { GenericContainer, Wait } = await testcontainers()
  const password = randomUUID()
  const container = new GenericContainer(images.postgres)
    .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_DB: "test" })
    .withCommand(["postgres", "-c", "max_connections=200", "-c", "fsync=off"])
    .withExposedPorts(5432)
    // By TCP, because PostgreSQL listens on its socket alone while it initializes.
    .withHealthCheck({
      test: ["CMD", "pg_isready", "--host=127.0.0.1", "--username=postgres", "--dbname=test"],
      interval: 500,
      timeout: 5_000,
      retries: 120,
    })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(startMillis)
  return running(container.start(), images.postgres, (started) => {
    const url = new URL(`postgres://postgres@${started.getHost()}:${started.getMappedPort(5432)}/test`)
    url.password = password
    return url.href
  })
}

/** Starts a Redis for the tests, without persistence. Fails if there is no container engine. */
export const startRedis = async (): Promise<ContainerServer> => {
  const { GenericContainer, Wait } = await testcontainers()
  const container = new GenericContainer(images.redis)
    .withCommand(["redis-server", "--save", "", "--appendonly", "no"])
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forSuccessfulCommand("redis-cli ping"))
    .withStartupTimeout(startMillis)
  return running(
    container.start(),
    images.redis,
    (started) => `redis://${started.getHost()}:${started.getMappedPort(6379)}`,
  )
}
