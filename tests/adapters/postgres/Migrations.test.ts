/** Holds migrations to one application, to all or nothing, and to a refusal of a later schema. */
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import * as PostgresClient from "../../../adapters/postgres/client/PostgresClient.ts"
import * as embedded from "../../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import { clientOn, describeOnPostgres, emptyDatabase, emptySchema, TestSchema } from "../../support/postgres.ts"

/** Records a migration of a later build in the database, and returns this build's refusal. */
const refusesUnknown = (id: number, name: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const known = yield* migrate
    yield* sql`INSERT INTO taskwright_migrations (migration_id, name) VALUES (${id}, ${name})`
    const error = yield* Effect.flip(migrate)
    expect(error._tag).toBe("DatabaseUnsuitable")
    expect(error.message).toContain(`${String(id).padStart(4, "0")}_${name}`)
    expect(error.message).toContain(known.at(-1) ?? "no migration")
    expect(error.message).not.toContain("\n")
  })

describe("migrations of the embedded database", () => {
  it.live("refuse a database that a later build has migrated", () =>
    Effect.provide(refusesUnknown(9000, "later"), embedded.layer({})),
  )
})

describeOnPostgres("migrations", () => {
  layer(emptySchema, { excludeTestServices: true })((it) => {
    it.effect("are applied once by eight processes that start together, and then no more", () =>
      Effect.gen(function* () {
        const schema = yield* TestSchema
        const start = migrate.pipe(
          Effect.provide(clientOn({ maxConnections: 2 })),
          Effect.provide(Layer.succeed(TestSchema, schema)),
        )
        const applied = yield* Effect.all(
          Array.from({ length: 8 }, () => start),
          { concurrency: "unbounded" },
        )
        expect(applied.filter((names) => names.length > 0).length).toBe(1)
        expect(applied.flat().slice(0, 2)).toStrictEqual(["0001_create_schema", "0002_account_safety"])
        expect(yield* start).toStrictEqual([])
      }),
    )
  })

  layer(clientOn().pipe(Layer.provide(emptySchema)), { excludeTestServices: true })((it) => {
    it.effect("roll back completely if one fails", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        // Conflicts with the last table that the migration creates.
        yield* sql`CREATE TABLE task_categories (nothing int)`
        expect((yield* Effect.flip(migrate))._tag).toBe("MigrationError")
        const tables = yield* sql<{ relname: string }>`SELECT relname FROM pg_class
          WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`
        expect(tables.map(({ relname }) => relname)).toStrictEqual(["task_categories"])
      }),
    )
  })

  layer(clientOn().pipe(Layer.provide(emptySchema)), { excludeTestServices: true })((it) => {
    it.effect("refuse a database that a later build has migrated", () => refusesUnknown(9000, "later"))
  })

  for (const encoding of ["SQL_ASCII", "LATIN1"]) {
    it.live(`refuse a database with the encoding ${encoding}, and do not change it`, () =>
      Effect.gen(function* () {
        const url = yield* emptyDatabase(`ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
        yield* Effect.gen(function* () {
          const error = yield* Effect.flip(migrate)
          expect(error._tag).toBe("DatabaseUnsuitable")
          expect(error.message).toContain(encoding)
          expect(error.message).toContain("UTF8")
          expect(error.message).not.toContain("\n")
          const sql = yield* PgClient.PgClient
          expect(yield* sql`SELECT FROM pg_tables WHERE schemaname = 'public'`).toStrictEqual([])
        }).pipe(Effect.provide(PostgresClient.layer({ url, maxConnections: 2 })))
      }),
    )
  }
})
