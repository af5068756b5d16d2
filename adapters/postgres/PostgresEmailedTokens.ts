/** The statements that email verifications and password resets have in common. */
import { Effect, Option } from "effect"
import type { EmailedToken } from "../../domain/accounts/EmailedToken.ts"
import type { TokenHash } from "../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** A row that was written from an `EmailedToken`. */
interface EmailedTokenRow {
  readonly user_id: EmailedToken["userId"]
  readonly token_hash: EmailedToken["tokenHash"]
  readonly expires_at: EmailedToken["expiresAt"]
}

const columns = "user_id, token_hash, expires_at"

/** Returns the operations on the table of one kind of emailed tokens, one per user. The table's name MUST be a constant. */
export const emailedTokensIn = <Token extends EmailedToken>(
  table: "email_verifications" | "password_resets",
  kind: { readonly make: (token: EmailedToken) => Token },
  database: PostgresStatements,
) => {
  const firstOf = ([row]: ReadonlyArray<EmailedTokenRow>): Option.Option<Token> =>
    row === undefined
      ? Option.none()
      : Option.some(kind.make({ userId: row.user_id, tokenHash: row.token_hash, expiresAt: row.expires_at }))
  const replace = statement(
    `${table}.replace`,
    `INSERT INTO ${table} (${columns}) VALUES ($1, $2, $3)
    ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
  )
  const select = statement(`${table}.select`, `SELECT ${columns} FROM ${table} WHERE user_id = $1 AND token_hash = $2`)
  const take = statement(
    `${table}.take`,
    `DELETE FROM ${table} WHERE user_id = $1 AND token_hash = $2 RETURNING ${columns}`,
  )
  const remove = statement(`${table}.delete`, `DELETE FROM ${table} WHERE user_id = $1`)
  return {
    replace: (token: Token) => Effect.asVoid(database.write(replace, [token.userId, token.tokenHash, token.expiresAt])),
    find: (userId: UserId, tokenHash: TokenHash) =>
      Effect.map(database.read<EmailedTokenRow>(select, [userId, tokenHash]), firstOf),
    take: (userId: UserId, tokenHash: TokenHash) =>
      Effect.map(database.query<EmailedTokenRow>(take, [userId, tokenHash]), firstOf),
    remove: (userId: UserId) => Effect.asVoid(database.write(remove, [userId])),
  }
}
