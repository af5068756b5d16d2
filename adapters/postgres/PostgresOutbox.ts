/** Implements `Outbox` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { type ClaimedEmail, Outbox } from "../../application/outbox/Outbox.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** A row that was written from an `OutgoingEmail`: it is trusted, not decoded. */
interface OutgoingEmailRow {
  readonly id: ClaimedEmail["id"]
  readonly user_id: ClaimedEmail["userId"]
  readonly kind: ClaimedEmail["kind"]
  readonly created_at: ClaimedEmail["createdAt"]
  readonly attempts: ClaimedEmail["attempts"]
}

const toClaimedEmail = (row: OutgoingEmailRow): ClaimedEmail => ({
  id: row.id,
  userId: row.user_id,
  kind: row.kind,
  createdAt: row.created_at,
  attempts: row.attempts,
})

const add = statement(
  "outgoing_emails.add",
  `INSERT INTO outgoing_emails (user_id, id, kind, created_at, attempts, due_at)
  VALUES ($1, $2, $3, $4, 0, $4)`,
)

// The rows are locked in a separate WITH, which runs once: a subquery could run again and lock more. They are updated
// by arrays of their keys. A join would be planned for the highest possible limit, which is the whole table.
export const claimStatement = statement(
  "outgoing_emails.claim",
  `WITH due AS (
    SELECT user_id, id, due_at FROM outgoing_emails WHERE due_at <= $1
    ORDER BY due_at, id LIMIT $3
    FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE outgoing_emails SET attempts = attempts + 1, due_at = $2
    WHERE user_id = ANY (ARRAY(SELECT user_id FROM due)) AND id = ANY (ARRAY(SELECT id FROM due))
    RETURNING id, user_id, kind, created_at, attempts
  )
  SELECT id, user_id, kind, created_at, attempts FROM claimed JOIN due USING (user_id, id) ORDER BY due.due_at, id`,
)

const markSent = statement(
  "outgoing_emails.mark_sent",
  `UPDATE outgoing_emails SET sent_at = $3, due_at = NULL, last_error = NULL
  WHERE user_id = $1 AND id = $2 AND due_at IS NOT NULL`,
)

const postpone = statement(
  "outgoing_emails.postpone",
  `UPDATE outgoing_emails SET due_at = $4, last_error = $5
  WHERE user_id = $1 AND id = $2 AND attempts = $3 AND due_at IS NOT NULL`,
)

const markDead = statement(
  "outgoing_emails.mark_dead",
  `UPDATE outgoing_emails SET failed_at = $4, due_at = NULL, last_error = $5
  WHERE user_id = $1 AND id = $2 AND attempts = $3 AND due_at IS NOT NULL`,
)

const countSince = statement(
  "outgoing_emails.count_since",
  `SELECT count(*)::int AS count FROM outgoing_emails
  WHERE user_id = $1 AND kind = $2 AND created_at >= $3`,
)

// Each count is read from its own index.
const counts = statement(
  "outgoing_emails.counts",
  `SELECT
  (SELECT count(*)::int FROM outgoing_emails WHERE due_at IS NOT NULL) AS waiting,
  (SELECT count(*)::int FROM outgoing_emails WHERE failed_at IS NOT NULL) AS dead`,
)

// Reads one entry of an index, however many emails wait.
export const oldestStatement = statement(
  "outgoing_emails.oldest",
  "SELECT min(created_at) AS oldest FROM outgoing_emails WHERE due_at IS NOT NULL",
)

export const layer: Layer.Layer<Outbox, never, PgClient.PgClient> = Layer.effect(
  Outbox,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "outgoing_emails")

    return Outbox.of({
      add: ({ createdAt, id, kind, userId }) => Effect.asVoid(database.write(add, [userId, id, kind, createdAt])),

      claim: ({ at, limit, until }) =>
        Effect.map(database.query<OutgoingEmailRow>(claimStatement, [at, until, limit]), (rows) =>
          rows.map(toClaimedEmail),
        ),

      markSent: ({ id, userId }, at) => Effect.asVoid(database.write(markSent, [userId, id, at])),

      postpone: ({ attempts, id, userId }, until, reason) =>
        Effect.asVoid(database.write(postpone, [userId, id, attempts, until, reason])),

      markDead: ({ attempts, id, userId }, at, reason) =>
        Effect.asVoid(database.write(markDead, [userId, id, attempts, at, reason])),

      countSince: (userId, kind, at) =>
        Effect.map(
          database.read<{ readonly count: number }>(countSince, [userId, kind, at]),
          ([row]) => row?.count ?? 0,
        ),

      counts: Effect.map(
        database.read<{ readonly waiting: number; readonly dead: number }>(counts, []),
        ([row]) => row ?? { waiting: 0, dead: 0 },
      ),

      oldestWaiting: Effect.map(
        database.read<{ readonly oldest: ClaimedEmail["createdAt"] | null }>(oldestStatement, []),
        ([row]) => Option.fromNullishOr(row?.oldest),
      ),
    })
  }),
)
