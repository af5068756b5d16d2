/** Implements `IdempotencyRecords` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import {
  type IdempotencyRecord,
  IdempotencyRecords,
  KeyAlreadyUsed,
} from "../../application/changes/IdempotencyRecords.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { toDefect } from "./client/PostgresErrors.ts"
import { type PostgresStatements, statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"
import { isUsedKey } from "./RecordedWrite.ts"

const select = statement(
  "idempotency_records.select",
  "SELECT key, fingerprint, response, at FROM idempotency_records WHERE user_id = $1 AND key = $2",
)

// The end of the history is locked as by every write, so that the account cannot be deleted meanwhile.
const insert = statement(
  "idempotency_records.insert",
  `INSERT INTO idempotency_records (user_id, key, fingerprint, response, at)
  SELECT head.user_id, $2::text, $3::text, $4::text, $5::timestamptz
  FROM (SELECT user_id FROM change_heads WHERE user_id = $1 FOR UPDATE) AS head`,
)

const removeExpired = statement(
  "idempotency_records.remove_expired",
  "DELETE FROM idempotency_records WHERE user_id = $1 AND key = $2 AND at < $3",
)

/** Inserts a record. Dies with `KeyAlreadyUsed` if the user has one with its key. */
export const insertRecord =
  (database: PostgresStatements) =>
  (userId: UserId, { at, fingerprint, key, response }: IdempotencyRecord): Effect.Effect<void> =>
    Effect.asVoid(
      Effect.catch(database.tryQuery(insert, [userId, key, fingerprint, response, at]), (error) =>
        isUsedKey(error) ? Effect.die(new KeyAlreadyUsed({ key })) : toDefect(error),
      ),
    )

export const layer: Layer.Layer<IdempotencyRecords, never, PgClient.PgClient> = Layer.effect(
  IdempotencyRecords,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "idempotency_records")
    return IdempotencyRecords.of({
      get: (userId, key) =>
        Effect.map(database.read<IdempotencyRecord>(select, [userId, key]), ([row]) => Option.fromUndefinedOr(row)),

      insert: insertRecord(database),

      removeExpired: (userId, key, before) => Effect.asVoid(database.write(removeExpired, [userId, key, before])),
    })
  }),
)
