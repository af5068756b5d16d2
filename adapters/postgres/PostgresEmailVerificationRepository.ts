import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { EmailVerificationRepository } from "../../application/accounts/EmailVerificationRepository.ts"
import type { EmailVerification } from "../../domain/accounts/EmailVerification.ts"
import { statementsOn } from "./PostgresStatements.ts"

/** A row that was written from an `EmailVerification`: it is trusted, not decoded. */
interface EmailVerificationRow {
  readonly user_id: EmailVerification["userId"]
  readonly token_hash: EmailVerification["tokenHash"]
  readonly expires_at: EmailVerification["expiresAt"]
}

const toEmailVerification = (row: EmailVerificationRow): EmailVerification => ({
  userId: row.user_id,
  tokenHash: row.token_hash,
  expiresAt: row.expires_at,
})

const columns = "user_id, token_hash, expires_at"

const replace = `INSERT INTO email_verifications (${columns}) VALUES ($1, $2, $3)
  ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`

const take = `DELETE FROM email_verifications WHERE user_id = $1 AND token_hash = $2 RETURNING ${columns}`

const remove = "DELETE FROM email_verifications WHERE user_id = $1"

export const layer: Layer.Layer<EmailVerificationRepository, never, PgClient.PgClient> = Layer.effect(
  EmailVerificationRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient)

    return EmailVerificationRepository.of({
      replace: (verification) =>
        Effect.asVoid(database.write(replace, [verification.userId, verification.tokenHash, verification.expiresAt])),

      take: (userId, tokenHash) =>
        Effect.map(database.query<EmailVerificationRow>(take, [userId, tokenHash]), ([row]) =>
          row === undefined ? Option.none() : Option.some(toEmailVerification(row)),
        ),

      remove: (userId) => Effect.asVoid(database.write(remove, [userId])),
    })
  }),
)
