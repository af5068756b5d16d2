/** Runs the statements for Citus on PostgreSQL, with functions in place of Citus's own that record their arguments. */
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import * as PostgresClient from "../../../adapters/postgres/client/PostgresClient.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import { describeOnPostgres, emptyDatabase } from "../../support/postgres.ts"
import { readSource } from "../../support/sources.ts"

const recorders = `
  CREATE TABLE recorded (call text);
  CREATE FUNCTION citus_set_coordinator_host(host text) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO recorded VALUES ('coordinator ' || host) $$;
  CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO recorded VALUES ('reference ' || name) $$;
  CREATE FUNCTION create_distributed_table(name regclass, by_column text, colocate_with text DEFAULT 'default')
    RETURNS void LANGUAGE sql AS
    $$ INSERT INTO recorded VALUES ('distributed ' || name || ' ' || by_column || ' ' || colocate_with) $$`

const keys = `SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
  WHERE contype = 'f' AND conrelid = 'task_categories'::regclass ORDER BY conname`

describeOnPostgres("the statements for Citus", () => {
  it.effect("name tables and constraints that the migrations make, and restore every constraint", () =>
    Effect.gen(function* () {
      const url = Redacted.value(yield* emptyDatabase())
      yield* Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* migrate
        const before = yield* sql.unsafe(keys).unprepared
        for (const statement of recorders.split(";\n")) yield* sql.unsafe(statement).unprepared
        const text = readSource("deploy/citus/distribute.sql")
          .replaceAll(/^--.*$/gm, "")
          .replace(":'coordinator'", "'one'")
        const statements = text.split(";").map((statement) => statement.trim())
        expect([statements[0], statements.at(-2), statements.at(-1)]).toEqual(["BEGIN", "COMMIT", ""])
        for (const statement of statements.slice(1, -2)) yield* sql.unsafe(statement).unprepared
        expect(yield* sql`SELECT call FROM recorded`).toEqual(
          [
            ...["coordinator one", "reference accounts", "distributed categories user_id default"],
            ...["tasks", "task_categories", "change_heads", "changes", "idempotency_records"].map(
              (table) => `distributed ${table} user_id categories`,
            ),
          ].map((call) => ({ call })),
        )
        expect(before).toHaveLength(2)
        expect(yield* sql.unsafe(keys).unprepared).toEqual(before)
      }).pipe(Effect.provide(PostgresClient.layer({ url: Redacted.make(url) })))
    }).pipe(Effect.scoped),
  )
})
