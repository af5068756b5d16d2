/** Holds the plans of a claim, and of the search for the oldest email, to few rows of a large outbox. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { claimStatement, oldestStatement } from "../../../adapters/postgres/PostgresOutbox.ts"
import { at } from "../../support/entities.ts"
import { describeOnPostgres, repositoriesInOwnDatabase } from "../../support/postgres.ts"

const mailsDone = 100_000
const mailsWaiting = 20_000

const load = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const statements = [
    `INSERT INTO accounts
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@example.com', 'Somebody', 'hash',
        true, now(), now()
      FROM generate_series(0, 999) AS n`,
    `INSERT INTO outgoing_emails (user_id, id, kind, created_at, attempts, due_at, sent_at)
      SELECT
        ('00000000-0000-7000-8000-' || lpad(to_hex(n % 1000), 12, '0'))::uuid,
        ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
        'VerifyEmail', timestamptz '${at(0)}', 1,
        CASE WHEN n > ${mailsDone} THEN timestamptz '${at(0)}' + (n * 7919 % 100000) * interval '1 second' END,
        CASE WHEN n <= ${mailsDone} THEN timestamptz '${at(0)}' END
      FROM generate_series(1, ${mailsDone + mailsWaiting}) AS n`,
    "VACUUM (ANALYZE) outgoing_emails",
  ]
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true })
})

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly Plans?: ReadonlyArray<Plan>
}

const nodesOf = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

const scansOf = (plan: Plan): ReadonlyArray<Plan> =>
  nodesOf(plan).filter((node) => node["Relation Name"] === "outgoing_emails" && !("Operation" in node))

describeOnPostgres("20,000 waiting emails beside 100,000 finished ones", () => {
  layer(
    Layer.effectDiscard(Effect.orDie(load)).pipe(
      Layer.provideMerge(repositoriesInOwnDatabase({ statementTimeoutMillis: 120_000 })),
    ),
  )((it) => {
    it.effect("are claimed by few reads through the indexes, also with a generic plan", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const plan = yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`SET LOCAL plan_cache_mode = force_generic_plan`
            yield* sql.unsafe(`PREPARE claim AS ${claimStatement.text}`)
            const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": readonly [{ readonly Plan: Plan }] }>(
              `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE claim ('${at(1_000_000)}', '${at(2_000_000)}', 10)`,
            )
            yield* sql`DEALLOCATE claim`
            return rows[0]?.["QUERY PLAN"][0].Plan
          }),
        )
        expect(plan).toBeDefined()
        if (plan === undefined) return
        expect(plan["Actual Rows"]).toBe(10)
        const scans = scansOf(plan)
        expect(scans.map((node) => node["Index Name"]).toSorted()).toStrictEqual(
          ["outgoing_emails_by_due_at", "outgoing_emails_pkey"].toSorted(),
        )
        for (const scan of scans)
          expect(scan["Actual Loops"] * scan["Actual Rows"], JSON.stringify(plan)).toBeLessThan(200)
      }),
    )

    it.effect("show the oldest by one entry of an index", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": readonly [{ readonly Plan: Plan }] }>(
          `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${oldestStatement.text}`,
        )
        const plan = rows[0]?.["QUERY PLAN"][0].Plan
        expect(plan).toBeDefined()
        if (plan === undefined) return
        expect(scansOf(plan)).toMatchObject([
          { "Index Name": "outgoing_emails_waiting_by_created_at", "Actual Rows": 1 },
        ])
      }),
    )
  })
})
