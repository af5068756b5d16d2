/** An installation of two processes on one database and one Redis, with its users and their requests. */
import { Effect, Layer, Redacted, Scope } from "effect"
import { expect } from "vitest"
import { emptySchema, TestSchema } from "../support/postgres.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: { readonly code?: string; readonly access_token: string; readonly refresh_token: string }
}

interface Ask {
  readonly token?: string
  readonly body?: object
}

/** The processes of one installation, with one database and one Redis. */
export interface Installation {
  /** Sends requests to the processes in turn, as a load balancer does. */
  readonly ask: (method: string, path: string, ask?: Ask) => Promise<Reply>
  readonly askAt: (process: 0 | 1, method: string, path: string, ask?: Ask) => Promise<Reply>
  readonly servers: ReadonlyArray<ServerProcess>
  readonly restart: (process: 0 | 1) => Promise<void>
}

const send = async (
  { url }: ServerProcess,
  method: string,
  path: string,
  { body, token }: Ask = {},
): Promise<Reply> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as Reply["body"],
  }
}

/** Starts two processes that share the stores that the settings name. They end with the scope. */
export const startInstallation = Effect.fnUntraced(function* (redisUrl: string, settings: Record<string, string> = {}) {
  const { urlOfSchema } = yield* TestSchema
  // They share the key that signs tokens, too.
  const folder = yield* temporaryFolder
  const all = { DATABASE_URL: Redacted.value(urlOfSchema), REDIS_URL: redisUrl, DATA_DIR: folder, ...settings }
  const start = () => startServer(all)
  const first = yield* Effect.promise(start)
  const servers = [first, yield* Effect.promise(start)]
  yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all(servers.map((server) => server.end("SIGKILL")))))
  const at = (process: number) => servers[process % 2] ?? first
  let turns = 0
  const installation: Installation = {
    servers,
    ask: (method, path, ask) => send(at(turns++), method, path, ask),
    askAt: (process, method, path, ask) => send(at(process), method, path, ask),
    restart: async (process) => {
      await at(process).end("SIGKILL")
      servers[process] = await start()
    },
  }
  return installation
})

export const onSchema = <A, E>(make: Effect.Effect<A, E, TestSchema | Scope.Scope>, scope: Scope.Scope) =>
  Effect.flatMap(Layer.buildWithScope(emptySchema, scope), (context) => Effect.provide(make, context)).pipe(
    Scope.provide(scope),
    Effect.runPromise,
  )

export const password = "Correct Horse 1"
let users = 0

export const register = async ({ ask }: Installation) => {
  const email = `user${++users}@example.com`
  const answer = await ask("POST", "/api/v1/auth/register", { body: { email, password, full_name: "Ada Lovelace" } })
  expect(answer.status).toBe(201)
  return { email, ...answer.body }
}

export const count = (replies: ReadonlyArray<Reply>): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/**
 * More requests at once keep a process so busy that it does not read the responses of Redis in time. Then it counts by
 * itself, and the limits of the two processes add up.
 */
const mostAtOnce = 40

export const many = async <A>(times: number, action: (index: number) => Promise<A>): Promise<ReadonlyArray<A>> => {
  const results: Array<A> = []
  while (results.length < times) {
    const length = Math.min(mostAtOnce, times - results.length)
    results.push(...(await Promise.all(Array.from({ length }, (_, index) => action(results.length + index)))))
  }
  return results
}

/** How often a process has lost sight of Redis. It counts by itself then, and the limits of the processes add up. */
const outagesOf = ({ servers }: Installation): number =>
  servers.flatMap(({ output }) => output().match(/Redis at \S+ is away/g) ?? []).length

const maximumUsers = 10

/** Counts the statuses of the requests of a new user: of another one if a busy machine cut a process off from Redis. */
export const countOfNewUser = async (
  installation: Installation,
  requests: number,
  users = 1,
): Promise<{ readonly statuses: Record<number, number>; readonly users: number }> => {
  const { access_token: token } = await register(installation)
  const outages = outagesOf(installation)
  const statuses = count(await many(requests, () => installation.ask("GET", "/api/v1/users/me", { token })))
  return outagesOf(installation) === outages || users === maximumUsers
    ? { statuses, users }
    : countOfNewUser(installation, requests, users + 1)
}
