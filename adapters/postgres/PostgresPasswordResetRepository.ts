import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { PasswordResetRepository } from "../../application/accounts/PasswordResetRepository.ts"
import type { PasswordReset } from "../../domain/accounts/PasswordReset.ts"
import { statementsOn } from "./PostgresStatements.ts"

/** A row that was written from a `PasswordReset`: it is trusted, not decoded. */
interface PasswordResetRow {
  readonly user_id: PasswordReset["userId"]
  readonly token_hash: PasswordReset["tokenHash"]
  readonly expires_at: PasswordReset["expiresAt"]
}

const firstOf = ([row]: ReadonlyArray<PasswordResetRow>): Option.Option<PasswordReset> =>
  row === undefined
    ? Option.none()
    : Option.some({ userId: row.user_id, tokenHash: row.token_hash, expiresAt: row.expires_at })

const columns = "user_id, token_hash, expires_at"

const replace = `INSERT INTO password_resets (${columns}) VALUES ($1, $2, $3)
  ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`

const select = `SELECT ${columns} FROM password_resets WHERE user_id = $1 AND token_hash = $2`

const take = `DELETE FROM password_resets WHERE user_id = $1 AND token_hash = $2 RETURNING ${columns}`

const remove = "DELETE FROM password_resets WHERE user_id = $1"

export const layer: Layer.Layer<PasswordResetRepository, never, PgClient.PgClient> = Layer.effect(
  PasswordResetRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient)
    return PasswordResetRepository.of({
      replace: (reset) => Effect.asVoid(database.write(replace, [reset.userId, reset.tokenHash, reset.expiresAt])),
      find: (userId, tokenHash) => Effect.map(database.read<PasswordResetRow>(select, [userId, tokenHash]), firstOf),
      take: (userId, tokenHash) => Effect.map(database.query<PasswordResetRow>(take, [userId, tokenHash]), firstOf),
      remove: (userId) => Effect.asVoid(database.write(remove, [userId])),
    })
  }),
)
