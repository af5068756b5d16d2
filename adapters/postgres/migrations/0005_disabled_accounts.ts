/** Adds the time at which an operator disabled an account. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** Adds a column that is null for every account, so servers of the version before are not affected. */
export const addDisabledAccounts: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.asVoid(sql.unsafe("ALTER TABLE accounts ADD COLUMN disabled_at timestamptz(3)").unprepared),
)
