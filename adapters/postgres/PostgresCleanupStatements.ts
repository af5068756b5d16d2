/**
 * By their place in the table (`ctid`), which stays the same while the rows are held: to find a thousand keys again, the
 * planner reads a table of 100,000 rows from end to end.
 */
const remove = (table: string, places: string): string =>
  `WITH removed AS (DELETE FROM ${table} WHERE ctid = ANY (ARRAY(${places})) RETURNING 1)
  SELECT count(*)::int AS rows FROM removed`

/** The rows whose time is before $1, the oldest $2 of them, but for those that somebody else holds. */
const removeOldest = (table: string, time: string): string =>
  remove(table, `SELECT ctid FROM ${table} WHERE ${time} < $1 ORDER BY ${time} LIMIT $2 FOR UPDATE SKIP LOCKED`)

/** Of the oldest sessions alone, so that what is looked at stays as little as what is removed. */
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

/** The oldest sessions whose tokens are gone: what a session would take with it by cascade has no limit. */
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
 * Takes the turn until the transaction ends, or tells that somebody else has it. The second key stands for this schema:
 * advisory locks are the whole database's.
 */
export const takeTurn = "SELECT pg_try_advisory_xact_lock(8275974, 'tasks'::regclass::oid::int) AS is_ours"

/** What removes rows that are over before $1, at most $2 of them, and tells how many. */
export const removals = {
  expiredRefreshTokens: removeOldest("refresh_tokens", "expires_at"),
  tokensOfEndedSessions: removeTokensOf("ended_at"),
  tokensOfExpiredSessions: removeTokensOf("expires_at"),
  endedSessions: removeSessions("ended_at"),
  expiredSessions: removeSessions("expires_at"),
  rememberedSessions: removeOldest("ended_sessions", "ended_at"),
  emailVerifications: removeOldest("email_verifications", "expires_at"),
  passwordResets: removeOldest("password_resets", "expires_at"),
  sentEmails: removeOldest("outgoing_emails", "sent_at"),
  deadLetters: removeOldest("outgoing_emails", "failed_at"),
  deletedTasks: removeOldest("tasks", "deleted_at"),
} as const
