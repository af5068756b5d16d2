/**
 * The limits of statements on a PostgreSQL server. They are settings of the session, or of each transaction if a pooler
 * has no sessions.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"

export interface SessionLimits {
  readonly statementTimeoutMillis: number
  readonly lockTimeoutMillis: number
  readonly schema: string | undefined
  readonly pooler: "none" | "transaction"
}

/**
 * After how long a transaction without a statement is ended by the server, because its process may be dead and still
 * hold locks.
 */
const idleInTransactionTimeoutMillis = 15_000

const timeoutsOf = (limits: SessionLimits) => ({
  statement_timeout: String(limits.statementTimeoutMillis),
  lock_timeout: String(limits.lockTimeoutMillis),
  idle_in_transaction_session_timeout: String(idleInTransactionTimeoutMillis),
})

/**
 * Returns how connections are opened and used. Behind a pooler nothing is prepared, and one statement runs at a time.
 */
export const connectionOptions = (limits: SessionLimits) =>
  limits.pooler === "transaction"
    ? { prepare: false, multiplex: false, startupParameters: {} }
    : {
        prepare: true,
        multiplex: true,
        startupParameters: {
          ...timeoutsOf(limits),
          default_transaction_isolation: "read committed",
          timezone: "UTC",
          ...(limits.schema === undefined ? {} : { search_path: `"${limits.schema}"` }),
        },
      }

/** Returns the statements that begin a unit of work. */
export const beginStatements = (limits: SessionLimits): readonly [string, ...Array<string>] => {
  if (limits.pooler !== "transaction") return ["BEGIN"]
  const settings = Object.entries(timeoutsOf(limits)).map(([name, value]) => `set_config('${name}', '${value}', true)`)
  return ["BEGIN ISOLATION LEVEL READ COMMITTED", `SELECT ${settings.join(", ")}`]
}

/** Reads the limits that a connection has from the server or the role, in milliseconds; 0 means none. */
const readLimits = (sql: PgClient.PgClient) =>
  sql<{ name: string; setting: string }>`SELECT name, setting FROM pg_settings
    WHERE name IN ('statement_timeout', 'lock_timeout') ORDER BY name`

/** Returns whether the start-up parameters are in force: a pooler may be configured to ignore them. */
export const hasLimits = (sql: PgClient.PgClient, limits: SessionLimits) =>
  Effect.map(readLimits(sql), (rows) => {
    if (limits.pooler === "transaction") return true
    const timeouts: Readonly<Record<string, string>> = timeoutsOf(limits)
    return rows.every(({ name, setting }) => timeouts[name] === setting)
  })

/** Warns once of limits that the role lacks: a single statement is then ended by this process alone. */
export const warnOfMissingLimits = (sql: PgClient.PgClient, limits: SessionLimits) =>
  Effect.flatMap(readLimits(sql), (rows) => {
    const missing = limits.pooler === "transaction" ? rows.filter(({ setting }) => setting === "0") : []
    return missing.length === 0
      ? Effect.void
      : Effect.logWarning(
          `The role of DATABASE_URL has no ${missing.map(({ name }) => name).join(" and no ")}. ${limitsText(limits)}`,
        )
  })

const limitsText = ({ lockTimeoutMillis, statementTimeoutMillis }: SessionLimits): string =>
  `Set them with ALTER ROLE ... SET lock_timeout = ${lockTimeoutMillis} and SET statement_timeout = ${statementTimeoutMillis}`
