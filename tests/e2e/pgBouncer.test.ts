/** Holds the service to PgBouncer in transaction mode: its settings, migrations and limits. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import type { SqlClient } from "effect/sql"
import { afterAll, beforeAll, expect, it } from "vitest"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresUnitOfWork from "../../adapters/postgres/PostgresUnitOfWork.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { run } from "../support/commandLine.ts"
import { everyRow, fillEveryTable } from "../support/everyTable.ts"
import { describeOnPgBouncer, startPgBouncer } from "../support/PgBouncer.ts"
import { emptyDatabase } from "../support/postgres.ts"
import { refusedStart, startServer } from "../support/serverProcess.ts"

const setting = "DATABASE_POOLER=transaction"

describeOnPgBouncer("a service behind PgBouncer", () => {
  const scope = Scope.makeUnsafe()
  let url: string
  /** Through a PgBouncer that is configured to ignore the start-up parameters that it does not know. */
  let lenientUrl: string
  /** Turns the URL of any database of the server into the one through the first PgBouncer. */
  let through: (url: string) => string

  beforeAll(() =>
    Effect.gen(function* () {
      const direct = Redacted.value(yield* emptyDatabase())
      through = (yield* startPgBouncer()).through
      url = through(direct)
      const ignored = "statement_timeout,lock_timeout,idle_in_transaction_session_timeout,default_transaction_isolation"
      lenientUrl = (yield* startPgBouncer([`ignore_startup_parameters = ${ignored}`])).through(direct)
    }).pipe(Scope.provide(scope), Effect.runPromise),
  )
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const within = <A, E>(effect: Effect.Effect<A, E, PgClient.PgClient | UnitOfWork>) =>
    effect.pipe(
      Effect.provide(
        PostgresUnitOfWork.layer.pipe(
          Layer.provideMerge(
            PostgresClient.layer({ url: Redacted.make(url), pooler: "transaction", maxConnections: 2 }),
          ),
        ),
      ),
      Effect.runPromise,
    )

  it("says what to set where that is not said, in one line and without waiting", async () => {
    for (const DATABASE_URL of [url, lenientUrl]) {
      const { code, output } = await refusedStart({ DATABASE_URL, DATA_DIR: "memory:", LOG_LEVEL: "error" })
      expect(output.trimEnd().split("\n")).toHaveLength(1)
      expect(output).toContain(setting)
      expect(code).toBe(1)
      const ended = await run(["list"], { DATABASE_URL, DATA_DIR: "memory:", HOME: "/nonexistent" })
      expect(ended.errors.trimEnd().split("\n")).toHaveLength(1)
      expect(ended.errors).toContain(setting)
    }
  })

  it("says that options in the URL cannot be had", async () => {
    const located = new URL(url)
    located.searchParams.set("options", "-csearch_path=other")
    const { code, output } = await refusedStart({
      DATABASE_URL: located.href,
      DATABASE_POOLER: "transaction",
      DATA_DIR: "memory:",
      LOG_LEVEL: "error",
    })
    expect(output).toMatch(/^[^\n]*unsupported startup parameter: options[^\n]*\n$/)
    expect(code).toBe(1)
  })

  it("gives each unit of work its limits, and leaves none of them in the server's session", async () => {
    const limits = Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const [row] = yield* sql<{ lock: string; idle: string; isolation: string }>`SELECT
        current_setting('lock_timeout') AS lock, current_setting('transaction_isolation') AS isolation,
        current_setting('idle_in_transaction_session_timeout') AS idle`
      return row
    })
    const [before, inside, after] = await within(
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        return [yield* limits, yield* atomically(limits), yield* limits] as const
      }),
    )
    expect(inside).toEqual({ lock: "3s", idle: "15s", isolation: "read committed" })
    expect(after).toEqual(before)
  })

  it("keeps nothing prepared in the server's sessions", async () => {
    const prepared = await within(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { atomically } = yield* UnitOfWork
        const ask = Effect.asVoid(sql`SELECT ${1}::int AS one`)
        yield* Effect.all(
          Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? ask : atomically(ask))),
          { concurrency: "unbounded", discard: true },
        )
        return yield* Effect.forEach(Array.from({ length: 10 }), () => sql`SELECT name FROM pg_prepared_statements`)
      }),
    )
    expect(prepared.flat()).toEqual([])
  })

  it("dumps and restores a whole installation, every row of every table", async () => {
    const [source, target] = await Effect.runPromise(
      Scope.provide(Effect.all([emptyDatabase(), emptyDatabase()]), scope),
    )
    const read = <A, E>(url: Redacted.Redacted, effect: Effect.Effect<A, E, PgClient.PgClient | SqlClient.SqlClient>) =>
      Effect.runPromise(Effect.provide(effect, PostgresClient.layer({ url, maxConnections: 2 })))
    const rows = await read(source, Effect.andThen(Effect.andThen(migrate, fillEveryTable), everyRow))
    const settings = (url: Redacted.Redacted) => ({
      DATABASE_URL: through(Redacted.value(url)),
      DATABASE_POOLER: "transaction",
      DATA_DIR: "memory:",
      HOME: "/nonexistent",
    })
    const dumped = await run(["dump", "-"], settings(source))
    expect(dumped.code, dumped.errors).toBe(0)
    const restored = await run(["restore", "-"], settings(target), dumped.output)
    expect(restored.code, restored.errors).toBe(0)
    expect(await read(target, everyRow)).toStrictEqual(rows)
  })

  it("migrates, registers and logs in", async () => {
    const server = await startServer({
      DATABASE_URL: lenientUrl,
      DATABASE_POOLER: "transaction",
      DATA_DIR: "memory:",
    })
    try {
      const ask = (path: string, body: object) =>
        fetch(`${server.url}/api/v1/auth/${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        })
      const account = { email: "ada@example.com", password: "Correct-horse-9" }
      expect((await ask("register", { ...account, full_name: "Ada Lovelace" })).status).toBe(201)
      const logins = await Promise.all(Array.from({ length: 8 }, () => ask("login", account)))
      expect(new Set(logins.map(({ status }) => status))).toEqual(new Set([200]))
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
    } finally {
      await server.end("SIGTERM")
    }
  })
})
