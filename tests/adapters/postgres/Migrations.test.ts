import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { migrate } from "../../../adapters/postgres/Migrations.ts"
import { clientOn, describeOnPostgres, emptySchema, TestSchema } from "../../support/postgres.ts"

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
        assert.strictEqual(applied.filter((names) => names.length > 0).length, 1)
        assert.deepStrictEqual(applied.flat(), ["0001_create_schema", "0002_account_safety"])
        assert.deepStrictEqual(yield* start, [])
      }),
    )
  })

  layer(clientOn().pipe(Layer.provide(emptySchema)), { excludeTestServices: true })((it) => {
    it.effect("leave nothing behind where one fails", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        // In the way of the last table that the migration makes.
        yield* sql`CREATE TABLE task_categories (nothing int)`
        assert.strictEqual((yield* Effect.flip(migrate))._tag, "MigrationError")
        const tables = yield* sql<{ relname: string }>`SELECT relname FROM pg_class
          WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`
        assert.deepStrictEqual(
          tables.map(({ relname }) => relname),
          ["task_categories"],
        )
      }),
    )
  })
})
