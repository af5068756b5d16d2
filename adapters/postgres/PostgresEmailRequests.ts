// Implements `EmailRequests` on PostgreSQL.
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { type EmailRequest, EmailRequests, waitingRequestsLimit } from "../../application/outbox/EmailRequests.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

// No index makes the address unique: a second request would wait for the first one, or for its handling.
const add = statement(
  "email_requests.add",
  `INSERT INTO email_requests (id, email, kind)
  SELECT $1::uuid, $2, $3
  WHERE (SELECT count(*) FROM (SELECT 1 FROM email_requests LIMIT ${waitingRequestsLimit}) AS waiting) < ${waitingRequestsLimit}`,
)

const take = statement(
  "email_requests.take",
  `DELETE FROM email_requests WHERE id = (
    SELECT id FROM email_requests WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
  ) RETURNING id, email, kind`,
)

const countWaiting = statement("email_requests.count", "SELECT count(*)::int AS waiting FROM email_requests")

const full = new Unavailable({ dependency: "the queue of requests for mails (it is full)", retryAfterMillis: 5_000 })

export const layer: Layer.Layer<EmailRequests, never, PgClient.PgClient> = Layer.effect(
  EmailRequests,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "email_requests")

    return EmailRequests.of({
      add: ({ email, id, kind }) =>
        Effect.flatMap(database.write(add, [id, email, kind]), (written) =>
          written === 0 ? Effect.die(full) : Effect.void,
        ),

      take: (afterId) =>
        Effect.map(database.query<EmailRequest>(take, [afterId]), ([row]) =>
          row === undefined ? Option.none() : Option.some({ id: row.id, email: row.email, kind: row.kind }),
        ),

      waiting: Effect.map(database.read<{ readonly waiting: number }>(countWaiting, []), ([row]) => row?.waiting ?? 0),
    })
  }),
)
