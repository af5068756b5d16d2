/** Implements `ApiTokenRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { ApiTokenRepository, minUseMillis } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import type { ApiToken } from "../../domain/accounts/ApiToken.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** A row that was written from an `ApiToken`: it is trusted, not decoded. */
interface ApiTokenRow {
  readonly id: ApiToken["id"]
  readonly user_id: ApiToken["userId"]
  readonly name: ApiToken["name"]
  readonly scopes: ApiToken["scopes"]
  readonly prefix: ApiToken["prefix"]
  readonly created_at: ApiToken["createdAt"]
  readonly expires_at: ApiToken["expiresAt"]
  readonly last_used_at: ApiToken["lastUsedAt"]
}

const toApiToken = (row: ApiTokenRow): ApiToken => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  scopes: row.scopes,
  prefix: row.prefix,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
})

const columns = "id, user_id, name, scopes, prefix, created_at, expires_at, last_used_at"

const insert = statement(
  "api_tokens.insert",
  `INSERT INTO api_tokens (${columns}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)

const selectByHash = statement("api_tokens.select_by_hash", `SELECT ${columns} FROM api_tokens WHERE hash = $1`)

const selectValid = statement(
  "api_tokens.select_valid",
  `SELECT ${columns} FROM api_tokens WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC`,
)

const revokeWhere = (condition: string): string =>
  `WITH removed AS (
    DELETE FROM api_tokens WHERE ${condition} RETURNING user_id, id
  )
  INSERT INTO revoked_api_tokens (user_id, token_id, revoked_at)
  SELECT user_id, id, clock_timestamp() FROM removed RETURNING token_id AS id`

const revoke = statement("api_tokens.revoke", revokeWhere("user_id = $1 AND id = $2"))

const revokeAll = statement("api_tokens.revoke_all", revokeWhere("user_id = $1"))

const revokedSince = statement(
  "api_tokens.revoked_since",
  "SELECT token_id AS id FROM revoked_api_tokens WHERE revoked_at >= $1",
)

// A row that is locked at the moment is skipped, so that two processes with the same tokens cannot deadlock.
const recordUses = statement(
  "api_tokens.record_uses",
  `UPDATE api_tokens SET last_used_at = stale.at
  FROM (
    SELECT api_tokens.user_id, api_tokens.id, used.at
    FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS used (user_id, id, at)
    JOIN api_tokens ON api_tokens.user_id = used.user_id AND api_tokens.id = used.id
    WHERE last_used_at IS NULL OR last_used_at <= used.at - interval '${minUseMillis} ms'
    FOR UPDATE OF api_tokens SKIP LOCKED
  ) AS stale
  WHERE api_tokens.user_id = stale.user_id AND api_tokens.id = stale.id`,
)

export const layer: Layer.Layer<ApiTokenRepository, never, PgClient.PgClient> = Layer.effect(
  ApiTokenRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "api_tokens")
    const idsOf = (rows: ReadonlyArray<Pick<ApiTokenRow, "id">>) => rows.map(({ id }) => id)

    return ApiTokenRepository.of({
      insert: (token, hash) =>
        Effect.asVoid(
          database.write(insert, [
            token.id,
            token.userId,
            token.name,
            token.scopes,
            token.prefix,
            token.createdAt,
            token.expiresAt,
            token.lastUsedAt,
            hash,
          ]),
        ),

      findByHash: (hash) =>
        Effect.map(database.read<ApiTokenRow>(selectByHash, [hash]), ([row]) =>
          row === undefined ? Option.none() : Option.some(toApiToken(row)),
        ),

      list: (userId, at) =>
        Effect.map(database.read<ApiTokenRow>(selectValid, [userId, at]), (rows) => rows.map(toApiToken)),

      revoke: (userId, tokenId) =>
        Effect.map(database.query<Pick<ApiTokenRow, "id">>(revoke, [userId, tokenId]), (rows) => rows.length > 0),

      revokeAll: (userId) => Effect.map(database.query<Pick<ApiTokenRow, "id">>(revokeAll, [userId]), idsOf),

      revokedSince: (at) => Effect.map(database.read<Pick<ApiTokenRow, "id">>(revokedSince, [at]), idsOf),

      recordUses: (uses) =>
        Effect.asVoid(
          database.write(recordUses, [
            uses.map(({ userId }) => userId),
            uses.map(({ tokenId }) => tokenId),
            uses.map(({ at }) => at),
          ]),
        ),
    })
  }),
)
