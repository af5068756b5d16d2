/** Implements `SessionRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { maxListedSessions, SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import type { RefreshToken, Replacement, Session } from "../../domain/accounts/Session.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** A row that was written from a `Session`: it is trusted, not decoded. */
interface SessionRow {
  readonly id: Session["id"]
  readonly user_id: Session["userId"]
  readonly device: Session["device"]
  readonly created_at: Session["createdAt"]
  readonly last_used_at: Session["lastUsedAt"]
  readonly expires_at: Session["expiresAt"]
  readonly ended_at: Session["revokedAt"]
}

/** A row that was written from a `RefreshToken`: it is trusted, not decoded. */
interface RefreshTokenRow {
  readonly hash: RefreshToken["hash"]
  readonly session_id: RefreshToken["sessionId"]
  readonly user_id: RefreshToken["userId"]
  readonly expires_at: RefreshToken["expiresAt"]
  readonly replaced_at: Replacement["at"] | null
  readonly replacement_hash: Replacement["hash"] | null
  readonly replacement_salt: Replacement["salt"] | null
}

const toSession = (row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  device: row.device,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
  revokedAt: row.ended_at,
})

const toRefreshToken = (row: RefreshTokenRow): RefreshToken => ({
  hash: row.hash,
  sessionId: row.session_id,
  userId: row.user_id,
  expiresAt: row.expires_at,
  replacement: toReplacement(row),
})

// A constraint ensures that either all three are present or none.
const toReplacement = ({ replaced_at: at, replacement_hash: hash, replacement_salt: salt }: RefreshTokenRow) =>
  at === null || hash === null || salt === null ? null : { at, hash, salt }

const insert = statement(
  "sessions.insert",
  `WITH session AS (
    INSERT INTO sessions (user_id, id, device, created_at, last_used_at, expires_at, ended_at)
    VALUES ($1, $2, $12, $3, $4, $5, $6)
  )
  INSERT INTO refresh_tokens
    (user_id, session_id, hash, expires_at, replaced_at, replacement_hash, replacement_salt)
  VALUES ($1, $2, $7, $8, $9, $10, $11)`,
)

const columns = "id, user_id, device, created_at, last_used_at, expires_at, ended_at"

const lockByToken = statement(
  "sessions.lock_by_token",
  `SELECT ${columns} FROM sessions
  WHERE user_id = $1 AND id = (SELECT session_id FROM refresh_tokens WHERE user_id = $1 AND hash = $2)
  FOR UPDATE`,
)

const selectTokenAndSuccessor = statement(
  "sessions.select_token",
  `SELECT hash, session_id, user_id, expires_at, replaced_at, replacement_hash, replacement_salt
  FROM refresh_tokens
  WHERE user_id = $1
    AND hash IN ($2, (SELECT replacement_hash FROM refresh_tokens WHERE user_id = $1 AND hash = $2))`,
)

const rotate = statement(
  "sessions.rotate",
  `WITH session AS (
    UPDATE sessions SET last_used_at = $3, expires_at = $4 WHERE user_id = $1 AND id = $2
  ), replaced AS (
    UPDATE refresh_tokens SET replaced_at = $6, replacement_hash = $7, replacement_salt = $8
    WHERE user_id = $1 AND hash = $5
  )
  INSERT INTO refresh_tokens (user_id, session_id, hash, expires_at) VALUES ($1, $2, $9, $10)`,
)

const selectRunning = statement(
  "sessions.select_running",
  `SELECT ${columns} FROM sessions
  WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2
  ORDER BY id = $3 DESC, last_used_at DESC, id DESC LIMIT ${maxListedSessions} + 1`,
)

const revoke = statement(
  "sessions.revoke",
  "UPDATE sessions SET ended_at = clock_timestamp() WHERE user_id = $1 AND id = $2 AND ended_at IS NULL",
)

const revokeAll = statement(
  "sessions.revoke_all",
  `UPDATE sessions SET ended_at = clock_timestamp()
  WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2 RETURNING id`,
)

const revokedSince = statement(
  "sessions.revoked_since",
  `SELECT id FROM sessions WHERE ended_at >= $1
  UNION ALL SELECT session_id FROM ended_sessions WHERE ended_at >= $1`,
)

const selectTime = statement("sessions.time", "SELECT clock_timestamp() AS time")

export const layer: Layer.Layer<SessionRepository, never, PgClient.PgClient> = Layer.effect(
  SessionRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "sessions")

    return SessionRepository.of({
      insert: (session, token) =>
        Effect.asVoid(
          database.write(insert, [
            session.userId,
            session.id,
            session.createdAt,
            session.lastUsedAt,
            session.expiresAt,
            session.revokedAt,
            token.hash,
            token.expiresAt,
            token.replacement?.at ?? null,
            token.replacement?.hash ?? null,
            token.replacement?.salt ?? null,
            session.device,
          ]),
        ),

      // Two statements, because only the second one sees the changes that the first one waited for.
      findByTokenForUpdate: (userId, hash) =>
        Effect.gen(function* () {
          const [session] = yield* database.query<SessionRow>(lockByToken, [userId, hash])
          if (session === undefined) return Option.none()
          const rows = yield* database.read<RefreshTokenRow>(selectTokenAndSuccessor, [userId, hash])
          const presented = rows.find((row) => row.hash === hash)
          if (presented === undefined) return Option.none()
          const successor = rows.find((row) => row.hash === presented.replacement_hash)
          return Option.some({
            session: toSession(session),
            presented: toRefreshToken(presented),
            successor: successor === undefined ? null : toRefreshToken(successor),
          })
        }),

      rotate: (session, replaced, successor) =>
        Effect.asVoid(
          database.write(rotate, [
            session.userId,
            session.id,
            session.lastUsedAt,
            session.expiresAt,
            replaced.hash,
            replaced.replacement?.at ?? null,
            replaced.replacement?.hash ?? null,
            replaced.replacement?.salt ?? null,
            successor.hash,
            successor.expiresAt,
          ]),
        ),

      list: (userId, current, at) =>
        Effect.map(database.read<SessionRow>(selectRunning, [userId, at, current]), (rows) =>
          (rows[0]?.id === current ? rows : rows.slice(0, maxListedSessions)).map(toSession),
        ),

      revoke: (userId, sessionId) => Effect.map(database.write(revoke, [userId, sessionId]), (written) => written > 0),

      revokeAll: (userId, except) =>
        Effect.map(database.query<Pick<SessionRow, "id">>(revokeAll, [userId, except]), (rows) =>
          rows.map(({ id }) => id),
        ),

      revokedSince: (at) =>
        Effect.map(database.read<Pick<SessionRow, "id">>(revokedSince, [at]), (rows) => rows.map(({ id }) => id)),

      time: Effect.flatMap(database.read<{ readonly time: Timestamp }>(selectTime, []), ([row]) =>
        row === undefined ? Effect.die(new Error("a statement without a table gave no row")) : Effect.succeed(row.time),
      ),
    })
  }),
)
