/** Starts a PgBouncer for one test, in front of the PostgreSQL server of the tests. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chownSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import { describe } from "vitest"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
import { notRunName } from "./notRun.ts"
import { tell } from "./PostgresServer.ts"
import { absence, emptyDatabase, serverUrl } from "./postgres.ts"
import { freePort } from "./RedisServer.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

/** Debian installs it in a folder that is on root's path alone. */
const program = ["pgbouncer", "/usr/sbin/pgbouncer"].find((name) => spawnSync(name, ["--version"]).status === 0)

/** PgBouncer refuses to run as root. */
const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null

/**
 * A `describe` for tests that need PgBouncer and a PostgreSQL server behind it. If either is missing, they do not
 * run.
 */
export const describeOnPgBouncer = (name: string, tests: () => void): void => {
  if (serverUrl === undefined) describe.skip(notRunName(name, absence), tests)
  else if (program === undefined) describe.skip(notRunName(name, "no program pgbouncer"), tests)
  else describe(name, tests)
}

const startMillis = 30_000

/**
 * Starts a PgBouncer with `pool_mode=transaction` and the given settings. Returns a function that turns a server's
 * URL into the URL through the PgBouncer.
 */
export const startPgBouncer = (settings: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* Effect.promise(freePort)
    const server = new URL(serverUrl ?? "")
    const user = decodeURIComponent(server.username) || "postgres"
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    writeFileSync(join(folder, "users.txt"), `${quoted(user)} ${quoted(decodeURIComponent(server.password))}\n`)
    const lines = [
      ...["[databases]", `* = host=${server.hostname} port=${server.port || 5432}`],
      ...["[pgbouncer]", "listen_addr = 127.0.0.1", `listen_port = ${port}`, "unix_socket_dir =", "auth_type = trust"],
      ...[`auth_file = ${join(folder, "users.txt")}`, "pool_mode = transaction", "max_client_conn = 300"],
      // Fewer connections than clients, so that the clients share them.
      ...["default_pool_size = 3", ...settings],
    ]
    const file = join(folder, "pgbouncer.ini")
    writeFileSync(file, `${lines.join("\n")}\n`)
    if (identity !== null) chownSync(folder, identity.uid, identity.gid)
    let output = ""
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(program ?? "pgbouncer", [file], { ...identity, cwd: folder })
        child.stderr.on("data", (chunk) => {
          output += String(chunk)
        })
        return child
      }),
      (child) => Effect.promise(() => end(child)),
    )
    const through = (url: string): string => {
      const located = new URL(url)
      located.username = user
      located.host = `127.0.0.1:${port}`
      return located.href
    }
    const until = performance.now() + startMillis
    yield* Effect.retry(tell(through(server.href), "SELECT 1"), {
      until: () => Effect.as(Effect.sleep("50 millis"), performance.now() > until),
    }).pipe(Effect.catch(() => Effect.die(new Error(`PgBouncer did not start: ${output}`))))
    return { through }
  })

/** Provides all repositories on a fresh database of the current version, through a PgBouncer of their own. */
export const repositoriesOnPgBouncer = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema"> = {}) =>
  PostgresRepositories.layer.pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.orDie(migrate))),
    Layer.provideMerge(
      Layer.unwrap(
        Effect.gen(function* () {
          const url = yield* emptyDatabase()
          const name = new URL(Redacted.value(url)).pathname.slice(1)
          for (const [setting, value] of Object.entries({ lock_timeout: "3s", statement_timeout: "7s" })) {
            yield* Effect.orDie(tell(Redacted.value(url), `ALTER DATABASE ${name} SET ${setting} = '${value}'`))
          }
          const { through } = yield* startPgBouncer()
          return Layer.orDie(
            PostgresClient.layer({
              url: Redacted.make(through(Redacted.value(url))),
              pooler: "transaction",
              ...limits,
            }),
          )
        }),
      ),
    ),
  )

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGTERM")
  await exit
}
