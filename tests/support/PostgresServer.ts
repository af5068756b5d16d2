/** Starts a PostgreSQL server for one test, if the machine has the programs for it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, chownSync, existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { describe } from "vitest"
import { notRunName } from "./notRun.ts"
import { freePort } from "./RedisServer.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

/** The folder of `initdb` and `postgres`. Debian keeps them out of the path. */
const programs = ((): string | undefined => {
  const debian = "/usr/lib/postgresql"
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((one, other) => Number(other) - Number(one)) : []
  const named = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" }).stdout?.trim()
  return [...versions.map((version) => join(debian, version, "bin")), named ?? ""].find((folder) =>
    existsSync(join(folder, "initdb")),
  )
})()

/** PostgreSQL refuses to run as root. The tests then use the user that its package created. */
const identity = ((): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const idOf = (option: string) => spawnSync("id", [option, "postgres"], { encoding: "utf8" })
  const [uid, gid] = [idOf("-u"), idOf("-g")]
  return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined
})()

const absence =
  programs === undefined ? "no program initdb" : identity === undefined ? "no user postgres beside root" : null

/** A `describe` for tests that start a PostgreSQL server of their own. Without the programs they do not run. */
export const describeWithPostgresServer = (name: string, tests: () => void): void => {
  if (absence === null) describe(name, tests)
  else describe.skip(notRunName(name, absence), tests)
}

export interface PostgresServer {
  readonly port: number
  /** The URL's user is `postgres`, without a password. */
  readonly url: string
  /** Stops the server at once: it ends its connections and statements (SIGINT). Its data stays. */
  readonly stop: Effect.Effect<void>
  /** Starts the stopped server on the same port, and waits until it responds. */
  readonly start: Effect.Effect<void>
  /** Freezes all its processes (SIGSTOP). They keep their connections and send no response until they are thawed. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

const startMillis = 60_000

export interface PostgresServerOptions {
  /** Lines of `postgresql.conf`. */
  readonly configuration?: ReadonlyArray<string>
  /** Lines of `pg_hba.conf`. By default every connection is trusted. */
  readonly access?: ReadonlyArray<string>
  /** Files in the data folder, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** Starts a server on a free port of this machine, with a new cluster. The scope stops and removes it. */
export const startPostgresServer = (options: PostgresServerOptions = {}) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* Effect.promise(freePort)
    const { uid, gid } = identity ?? { uid: 0, gid: 0 }
    const program = (name: string) => join(programs ?? "", name)
    chownSync(folder, uid, gid)
    const data = join(folder, "data")
    const made = spawnSync(
      program("initdb"),
      [
        "--pgdata",
        data,
        "--username",
        "postgres",
        "--auth",
        "trust",
        "--no-sync",
        "--encoding",
        "UTF8",
        "--locale",
        "C",
      ],
      { uid, gid, cwd: folder, encoding: "utf8" },
    )
    if (made.status !== 0) return yield* Effect.die(new Error(`initdb: ${made.stderr}`))
    for (const [name, text] of Object.entries(options.files ?? {})) {
      writeFileSync(join(data, name), text, { mode: 0o600 })
      chownSync(join(data, name), uid, gid)
    }
    if (options.access !== undefined) writeFileSync(join(data, "pg_hba.conf"), `${options.access.join("\n")}\n`)
    const configuration = [
      ...[`port = ${port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`],
      ...["fsync = off", "shared_buffers = 1MB", "max_connections = 30", ...(options.configuration ?? [])],
    ]
    appendFileSync(join(data, "postgresql.conf"), `${configuration.join("\n")}\n`)
    const url = `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`
    let output = ""
    let isFrozen = false
    let child: ChildProcess | undefined
    const start = Effect.suspend(() => {
      child = spawn(program("postgres"), ["-D", data], { uid, gid, cwd: folder })
      child.stderr?.on("data", (chunk) => {
        output += String(chunk)
      })
      return Effect.retry(tell(url, "SELECT 1"), { until: isOver(performance.now() + startMillis) }).pipe(
        Effect.catch(() => Effect.die(new Error(`the PostgreSQL server did not start: ${output}`))),
        Effect.asVoid,
      )
    })
    const server: PostgresServer = {
      port,
      url,
      start,
      stop: Effect.promise(() => end(child, "SIGINT")),
      freeze: Effect.sync(() => {
        isFrozen = true
        child?.kill("SIGSTOP")
        signalChildren(child, "STOP")
      }),
      thaw: Effect.sync(() => {
        isFrozen = false
        signalChildren(child, "CONT")
        child?.kill("SIGCONT")
      }),
    }
    yield* Effect.addFinalizer(() => Effect.promise(() => end(child, "SIGQUIT")))
    // A frozen server ends only after it is thawed.
    yield* Effect.addFinalizer(() => Effect.suspend(() => (isFrozen ? server.thaw : Effect.void)))
    yield* start
    return server
  })

const isOver = (end: number) => () => Effect.as(Effect.sleep("50 millis"), performance.now() > end)

/** Sends one statement directly to the server. */
export const tell = (url: string, statement: string) =>
  PgClient.PgClient.pipe(
    Effect.flatMap((sql) => sql.unsafe(statement).unprepared),
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
  )

/** Each connection has a process of its own, and those of the server's own work are children, too. */
const signalChildren = (parent: ChildProcess | undefined, name: "STOP" | "CONT"): void => {
  const { error } = spawnSync("pkill", [`-${name}`, "-P", String(parent?.pid)])
  if (error !== undefined) throw error
}

const end = async (child: ChildProcess | undefined, name: NodeJS.Signals): Promise<void> => {
  if (child === undefined || hasEnded(child)) return
  const exit = once(child, "exit")
  child.kill(name)
  await exit
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
