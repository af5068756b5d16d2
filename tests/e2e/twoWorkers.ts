/** A service of two workers, with a connection to each of them, its log and its metrics. */
import { Agent, request } from "node:http"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, vi } from "vitest"
import { emptySchema, TestSchema } from "../support/postgres.ts"
import { startRedisServer } from "../support/RedisServer.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** How long a process may take to start or to end, on a machine that runs other tests beside it. */
export const patient = { timeout: 60_000, interval: 50 }

interface Reply {
  readonly status: number
  readonly id: string
  readonly text: string
}

/** One connection to the service, which stays with the worker that took it. */
export interface Connection {
  readonly send: (method: string, path: string, token?: string, body?: object) => Promise<Reply>
  readonly close: () => void
}

export const open = ({ url }: ServerProcess): Connection => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    close: () => agent.destroy(),
    send: (method, path, token, body) =>
      new Promise((resolve, reject) => {
        const headers = {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        }
        request(`${url}${path}`, { method, agent, headers }, (response) => {
          let text = ""
          response.setEncoding("utf8").on("data", (chunk) => {
            text += chunk
          })
          response.on("error", reject)
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, id: String(response.headers["x-request-id"]), text }),
          )
        })
          .on("error", reject)
          .end(body === undefined ? undefined : JSON.stringify(body))
      }),
  }
}

interface LogLine {
  readonly message: string
  readonly worker?: number
  readonly request_id?: string
}

export const logOf = ({ output }: ServerProcess): ReadonlyArray<LogLine> => {
  const text = output()
  return text
    .slice(0, text.lastIndexOf("\n"))
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine)
}

export const sampleOf = (metrics: string, sample: string): number =>
  Number(
    metrics
      .split("\n")
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length + 1),
  )

const workerOf = async (server: ServerProcess, connection: Connection): Promise<number> => {
  const { id } = await connection.send("GET", "/health")
  return vi.waitFor(() => {
    const worker = logOf(server).find(({ request_id }) => request_id === id)?.worker
    if (worker === undefined) throw new Error(`no line of the request ${id}`)
    return worker
  }, patient)
}

/** Opens a connection to each worker. */
export const openBoth = async (server: ServerProcess): Promise<readonly [Connection, Connection]> => {
  const found = new Map<number, Connection>()
  for (let tries = 0; found.size < 2 && tries < 100; tries++) {
    const connection = open(server)
    const worker = await workerOf(server, connection)
    if (found.has(worker)) connection.close()
    else found.set(worker, connection)
  }
  const [one, other] = [found.get(1), found.get(2)]
  if (one === undefined || other === undefined) throw new Error("one worker takes no connections")
  return [one, other]
}

/** Starts Redis and an empty schema for the services of a `describe`, which calls this once. */
export const useTwoWorkers = () => {
  const scope = Scope.makeUnsafe()
  let settings: Record<string, string>
  const started: Array<ServerProcess> = []

  beforeAll(async () => {
    const context = await Effect.runPromise(Layer.buildWithScope(emptySchema, scope))
    settings = await Effect.gen(function* () {
      const { urlOfSchema } = yield* TestSchema
      const redis = yield* startRedisServer()
      return {
        WORKERS: "2",
        DATABASE_URL: Redacted.value(urlOfSchema),
        REDIS_URL: redis.url,
        DATA_DIR: yield* temporaryFolder,
        RATE_LIMIT_USER: "100000",
        RATE_LIMIT_IP: "100000",
      }
    }).pipe(Effect.provideContext(context), Scope.provide(scope), Effect.runPromise)
  })
  afterAll(async () => {
    for (const { child, end } of started) {
      if (child.exitCode === null && child.signalCode === null) await end("SIGKILL")
    }
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  const start = async (more: Record<string, string> = {}) => {
    const server = await startServer({ ...settings, ...more })
    started.push(server)
    return server
  }

  return { settings: () => settings, start }
}
