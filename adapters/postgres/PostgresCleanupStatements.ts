/** The SQL of `PostgresExpiredRecords`: one statement for each kind of expired row, and the cleanup lock. */
import { statement } from "./client/Statement.ts"

/**
 * Deletes rows by their place in the table (`ctid`), which cannot change while the rows are locked. To find a thousand
 * keys again, the planner would scan a table of 100,000 rows from end to end.
 */
const remove = (table: string, rowIds: string): string =>
  `WITH removed AS (DELETE FROM ${table} WHERE ctid = ANY (ARRAY(${rowIds})) RETURNING 1)
  SELECT count(*)::int AS rows FROM removed`

/** Deletes the oldest $2 rows with a time before $1. Rows that another transaction has locked are skipped. */
const removeOldest = (table: string, time: string): string =>
  remove(table, `SELECT ctid FROM ${table} WHERE ${time} < $1 ORDER BY ${time} LIMIT $2 FOR UPDATE SKIP LOCKED`)

/** Deletes tokens of the oldest sessions only, so that no more is scanned than is deleted. */
const removeTokensOf = (time: string): string =>
  remove(
    "refresh_tokens",
    `SELECT token.ctid
    FROM (SELECT user_id, id FROM sessions WHERE ${time} < $1 ORDER BY ${time} LIMIT $2) AS session
    CROSS JOIN LATERAL (
      SELECT ctid FROM refresh_tokens WHERE user_id = session.user_id AND session_id = session.id
      LIMIT $2 FOR UPDATE SKIP LOCKED) AS token
    LIMIT $2`,
  )

/** Deletes the oldest sessions that have no tokens left, because a cascade from a session would have no limit. */
const removeSessions = (time: string): string =>
  remove(
    "sessions",
    `SELECT session.ctid
    FROM (SELECT ctid, user_id, id FROM sessions WHERE ${time} < $1 ORDER BY ${time} LIMIT $2 FOR UPDATE SKIP LOCKED)
      AS session
    WHERE (
      SELECT true FROM refresh_tokens AS token WHERE token.user_id = session.user_id AND token.session_id = session.id
      LIMIT 1) IS NULL`,
  )

/**
 * Takes the cleanup lock until the transaction ends, or reports that another process has it. The second key stands for
 * this schema, because advisory locks are shared by the whole database.
 */
export const tryLock = statement(
  "cleanup.lock",
  "SELECT pg_try_advisory_xact_lock(8275974, 'tasks'::regclass::oid::int) AS is_locked",
)

/** The statements that delete rows which expired before $1, at most $2 of them, and return how many they deleted. */
export const deletions = {
  expiredRefreshTokens: statement("cleanup.expired_refresh_tokens", removeOldest("refresh_tokens", "expires_at")),
  tokensOfRevokedSessions: statement("cleanup.tokens_of_revoked_sessions", removeTokensOf("ended_at")),
  tokensOfExpiredSessions: statement("cleanup.tokens_of_expired_sessions", removeTokensOf("expires_at")),
  revokedSessions: statement("cleanup.revoked_sessions", removeSessions("ended_at")),
  expiredSessions: statement("cleanup.expired_sessions", removeSessions("expires_at")),
  revocations: statement("cleanup.revocations", removeOldest("ended_sessions", "ended_at")),
  apiTokenRevocations: statement("cleanup.api_token_revocations", removeOldest("revoked_api_tokens", "revoked_at")),
  apiTokens: statement("cleanup.api_tokens", removeOldest("api_tokens", "expires_at")),
  emailVerifications: statement("cleanup.email_verifications", removeOldest("email_verifications", "expires_at")),
  passwordResets: statement("cleanup.password_resets", removeOldest("password_resets", "expires_at")),
  sentEmails: statement("cleanup.sent_emails", removeOldest("outgoing_emails", "sent_at")),
  deadLetters: statement("cleanup.dead_letters", removeOldest("outgoing_emails", "failed_at")),
  idempotencyRecords: statement(
    "cleanup.idempotency_records",
    remove("idempotency_records", "SELECT ctid FROM idempotency_records WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED"),
  ),
} as const

/** Selects the oldest $2 tasks that were deleted before $1. */
export const selectDeletedTasks = statement(
  "cleanup.select_deleted_tasks",
  "SELECT user_id, id FROM tasks WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2",
)

/** Selects the oldest $2 categories that were deleted before $1. */
export const selectDeletedCategories = statement(
  "cleanup.select_deleted_categories",
  "SELECT user_id, id FROM categories WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2",
)

/** Takes users with locked histories, categories, and a time. Those that were deleted before it can no longer be restored. */
export const forbidRestoring = statement(
  "cleanup.forbid_restoring",
  `UPDATE categories SET deleted_at = '-infinity'
  WHERE user_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[]) AND deleted_at < $3::timestamptz
  RETURNING user_id, id`,
)

/** Takes users, categories, and the limit, and removes assignments of these categories. */
export const removeAssignments = statement(
  "cleanup.remove_assignments",
  remove(
    "task_categories",
    `SELECT assignment.ctid
    FROM unnest($1::uuid[], $2::uuid[]) AS category (user_id, id)
    CROSS JOIN LATERAL (
      SELECT ctid FROM task_categories WHERE user_id = category.user_id AND category_id = category.id LIMIT $3
    ) AS assignment
    LIMIT $3`,
  ),
)

/** Selects at most $2 users with an oldest change from before $1. */
export const selectOldChanges = statement(
  "cleanup.select_old_changes",
  `SELECT changes.user_id FROM changes JOIN change_heads USING (user_id)
  WHERE changes.at < $1 AND changes.seq = change_heads.floor + 1
  LIMIT $2`,
)

/** Locks the histories of these users, as far as no writer has them, and returns the locked ones. */
export const lockHeads = statement(
  "cleanup.lock_heads",
  "SELECT user_id FROM change_heads WHERE user_id = ANY ($1::uuid[]) ORDER BY user_id FOR UPDATE SKIP LOCKED",
)

/**
 * Takes users with locked histories, a time, and the limit. Removes changes from before that time, from the oldest on,
 * up to the first that is newer, and moves the floor of the histories.
 */
export const trimChanges = statement(
  "cleanup.trim_changes",
  `WITH oldest AS (
    SELECT change.*, bool_and(change.at < $2::timestamptz) OVER (PARTITION BY change.user_id ORDER BY change.seq) AS is_old
    FROM unnest($1::uuid[]) AS owner (user_id)
    CROSS JOIN LATERAL (
      SELECT user_id, seq, at FROM changes WHERE changes.user_id = owner.user_id ORDER BY seq LIMIT $3
    ) AS change
  ), removed AS (
    DELETE FROM changes USING (
      SELECT user_id, seq FROM oldest WHERE is_old ORDER BY user_id, seq LIMIT $3
    ) AS old
    WHERE changes.user_id = old.user_id AND changes.seq = old.seq
    RETURNING changes.user_id, changes.seq, changes.id
  ), floors AS (
    UPDATE change_heads SET floor = last.seq, floor_id = last.id
    FROM (SELECT DISTINCT ON (user_id) user_id, seq, id FROM removed ORDER BY user_id, seq DESC) AS last
    WHERE change_heads.user_id = last.user_id
  )
  SELECT count(*)::int AS rows FROM removed`,
)
