/** Holds the cleanup and vacuum at the end of a local command to short steps and small cost. */
import { existsSync, readdirSync, utimesSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { describe } from "vitest"
import { register } from "../../application/accounts/registration/Register.ts"
import { liveCommand } from "../../bootstrap/liveCommand.ts"
import { loadSettings } from "../../bootstrap/settings/Settings.ts"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { Password } from "../../domain/accounts/Password.ts"
import { Device } from "../../domain/accounts/Session.ts"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import { keepUser } from "../support/entities.ts"
import { folderWithDatabase } from "../support/preparedFolder.ts"

/** The layers that one local command runs on. The command ends with the effect that they are provided to. */
const command = (env: Record<string, string>) =>
  Layer.unwrap(Effect.map(loadSettings(), (settings) => liveCommand(settings, () => Effect.void))).pipe(
    Layer.provide(Layer.succeed(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))),
  )

const registerAda = register({
  email: EmailAddress.make("ada@example.com"),
  password: Password.make("Correct Horse 1"),
  fullName: FullName.make("Ada"),
  ip: "local",
  device: Device.make("Test"),
})

const rowsOf = (query: string) =>
  Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe<{ readonly rows: number }>(query)).pipe(
    Effect.map(([row]) => row?.rows ?? 0),
  )
const unsentMails = rowsOf("SELECT count(*)::int AS rows FROM outgoing_emails WHERE sent_at IS NULL AND attempts = 0")
const deletedTasks = rowsOf("SELECT count(*)::int AS rows FROM tasks WHERE deleted_at IS NOT NULL")
/** VACUUM and ANALYZE write this count. A table without either has -1. */
const countedTasks = rowsOf("SELECT reltuples::int AS rows FROM pg_class WHERE oid = 'tasks'::regclass")

/** Accepts connections, and sends nothing on them. */
const silentServer = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<{ readonly port: number; readonly connections: () => number; readonly close: () => void }>(
        (resolve) => {
          let connections = 0
          const server = createServer(() => {
            connections++
          })
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = typeof address === "object" && address !== null ? address.port : 0
            resolve({ port, connections: () => connections, close: () => server.close() })
          })
        },
      ),
  ),
  ({ close }) => Effect.sync(close),
)

describe("the end of a local command", () => {
  it.live("leaves mails to a server where they go through a mail server, and asks that for nothing", () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* folderWithDatabase
      const { connections, port } = yield* silentServer
      const env = { DATA_DIR, SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "tasks@example.com" }
      yield* Effect.provide(registerAda, command(env))
      expect(yield* Effect.provide(unsentMails, command(env))).toBe(1)
      expect(connections()).toBe(0)
      expect(existsSync(join(DATA_DIR, "mail"))).toBe(false)
    }),
  )

  it.live("writes mails that are files, once", () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* folderWithDatabase
      yield* Effect.provide(registerAda, command({ DATA_DIR }))
      expect(yield* Effect.provide(unsentMails, command({ DATA_DIR }))).toBe(0)
      expect(readdirSync(join(DATA_DIR, "mail"))).toHaveLength(1)
    }),
  )

  it.live("removes expired rows in small steps, and vacuums their table", () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* folderWithDatabase
      const made = 600
      const make = Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        yield* sql`INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at, deleted_at)
          SELECT ${userId}, gen_random_uuid(), 'A task', 'pending', 'low', 1, past, past, past
          FROM (SELECT now() - interval '1 year' AS past) AS times, generate_series(1, ${made})`
        expect(yield* countedTasks).toBe(-1)
        // A command that fails leaves everything as it is.
        return yield* Effect.fail("failed")
      })
      yield* Effect.flip(Effect.provide(make, command({ DATA_DIR })))
      const counts: Array<number> = []
      // More steps than needed, because on a busy machine a step may exceed its time limit.
      while (counts.at(-1) !== 0 && counts.length < 20) {
        counts.push(yield* Effect.provide(deletedTasks, command({ DATA_DIR })))
      }
      expect(counts[0]).toBe(made)
      expect(counts.at(-1)).toBe(0)
      counts.slice(1).forEach((count, index) => {
        expect((counts[index] ?? 0) - count).toBeLessThanOrEqual(250)
      })
      expect(yield* Effect.provide(countedTasks, command({ DATA_DIR }))).toBeGreaterThanOrEqual(0)
    }),
  )

  it.live("searches for expired rows an hour after a search that found none", () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* folderWithDatabase
      const expire = Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        yield* sql`INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at, deleted_at)
          SELECT ${userId}, gen_random_uuid(), 'A task', 'pending', 'low', 1, past, past, past
          FROM (SELECT now() - interval '1 year' AS past) AS times`
      })
      // This command finds nothing.
      yield* Effect.provide(deletedTasks, command({ DATA_DIR }))
      yield* Effect.provide(expire, command({ DATA_DIR }))
      expect(yield* Effect.provide(deletedTasks, command({ DATA_DIR }))).toBe(1)
      const longAgo = new Date("2026-01-01T00:00:00Z")
      utimesSync(join(DATA_DIR, "cleaned"), longAgo, longAgo)
      yield* Effect.provide(deletedTasks, command({ DATA_DIR }))
      expect(yield* Effect.provide(deletedTasks, command({ DATA_DIR }))).toBe(0)
    }),
  )
})
