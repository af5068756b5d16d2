/** Holds dumps to every table and to one moment, and restores to all or nothing, on both kinds of database. */
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { beforeAll, describe } from "vitest"
import * as embedded from "../../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import { layer as backupStore, backupTables } from "../../../adapters/postgres/PostgresBackupStore.ts"
import { BackupStore, type RowPage, type StoreContents } from "../../../application/backup/BackupStore.ts"
import { dumpStore } from "../../../application/backup/DumpStore.ts"
import { restoreStore } from "../../../application/backup/RestoreStore.ts"
import { everyRow, fillEveryTable, tableNames } from "../../support/everyTable.ts"
import { clientOn, describeOnPostgres, emptySchema } from "../../support/postgres.ts"

const kinds = {
  PostgreSQL: clientOn({ maxConnections: 3 }).pipe(Layer.provide(emptySchema)),
  embedded: Layer.orDie(embedded.layer({})),
}

/** Runs the effect with a database of its own, which has no tables yet. */
const on = <A, E>(
  kind: keyof typeof kinds,
  effect: Effect.Effect<A, E, PgClient.PgClient | SqlClient.SqlClient | BackupStore>,
) => Effect.provide(effect, Layer.fresh(Layer.provideMerge(backupStore, kinds[kind])))

interface Dump {
  readonly contents: StoreContents
  readonly pages: ReadonlyArray<RowPage>
}

const dumped = Effect.gen(function* () {
  const pages: Array<RowPage> = []
  const contents = yield* dumpStore({
    begin: () => Effect.void,
    write: (page) => Effect.sync(() => pages.push(page)),
    end: Effect.void,
  })
  return { contents, pages } satisfies Dump
})

const restored = ({ contents, pages }: Dump) =>
  restoreStore((target) =>
    Effect.andThen(target.begin(contents), Effect.forEach(pages, target.insert, { discard: true })),
  )

const filled = Effect.andThen(migrate, fillEveryTable)

describeOnPostgres("a dump", () => {
  let source: Dump
  let rows: Effect.Success<typeof everyRow>

  beforeAll(async () => {
    ;[source, rows] = await Effect.runPromise(
      on("PostgreSQL", Effect.andThen(filled, Effect.all([dumped, everyRow], { concurrency: 1 }))),
    )
  }, 100_000)

  it("has every table, and the test has rows in each", () => {
    expect(source.contents.tables.map(({ name }) => name)).toStrictEqual([...backupTables])
    expect(Object.keys(rows)).toStrictEqual([...backupTables].sort())
    for (const table of backupTables) expect(rows[table]?.length, table).toBeGreaterThan(0)
  })

  it.live("misses nothing that a schema can have beside tables: it has no sequence and no large object", () =>
    on(
      "PostgreSQL",
      Effect.gen(function* () {
        yield* migrate
        const sql = yield* PgClient.PgClient
        expect(
          yield* sql`SELECT relname FROM pg_class
          WHERE relkind NOT IN ('r', 'i', 'I', 'p') AND relnamespace = current_schema()::regnamespace`,
        ).toStrictEqual([])
        expect(yield* tableNames).toStrictEqual([...backupTables].sort())
      }),
    ),
  )

  for (const kind of ["PostgreSQL", "embedded"] as const) {
    it.live(`restored into ${kind} gives every row of every table, and the same dump`, () =>
      on(
        kind,
        Effect.gen(function* () {
          yield* restored(source)
          expect(yield* everyRow).toStrictEqual(rows)
          const again = yield* dumped
          expect(again.contents).toStrictEqual(source.contents)
          expect(again.pages.flatMap((page) => page.rows).sort()).toStrictEqual(
            source.pages.flatMap((page) => page.rows).sort(),
          )
        }),
      ),
    )
  }

  for (const kind of ["PostgreSQL", "embedded"] as const) {
    it.live(`that fails or is interrupted in the middle of its restore leaves ${kind} without a table`, () =>
      on(
        kind,
        Effect.gen(function* () {
          const halfway = (end: Effect.Effect<void, string>) =>
            restoreStore((target) =>
              target
                .begin(source.contents)
                .pipe(
                  Effect.andThen(Effect.forEach(source.pages.slice(0, -2), target.insert, { discard: true })),
                  Effect.andThen(end),
                ),
            )
          expect(yield* Effect.flip(halfway(Effect.fail("stop")))).toBe("stop")
          expect(Exit.isFailure(yield* Effect.exit(halfway(Effect.interrupt)))).toBe(true)
          expect(yield* tableNames).toStrictEqual([])
        }),
      ),
    )
  }

  it.live("is refused by a database with a row, and by one with a value that does not fit", () =>
    on(
      "PostgreSQL",
      Effect.gen(function* () {
        const [first] = source.pages
        const broken = { table: "accounts", rows: [first?.rows[0]?.replace(/"0193[^"]*"/, '"no id"') ?? ""] }
        const error = yield* Effect.flip(restored({ ...source, pages: [broken] }))
        expect(error._tag).toBe("DumpDamaged")
        expect(error.message).toMatch(/^The dump is damaged: the database rejects a row of accounts [^\n]*$/)
        yield* restored(source)
        expect(yield* Effect.flip(restored(source))).toMatchObject({ _tag: "StoreNotEmpty", table: "accounts" })
        expect(yield* everyRow).toStrictEqual(rows)
      }),
    ),
  )

  it.live("is of one moment, while other connections write", () =>
    on(
      "PostgreSQL",
      Effect.gen(function* () {
        yield* filled
        const sql = yield* PgClient.PgClient
        const store = yield* BackupStore
        const removeAll = sql`WITH removed AS (DELETE FROM accounts) DELETE FROM tasks`
        const outside = Effect.updateContext(removeAll, (context: Context.Context<never>) =>
          Context.omit(sql.transactionService)(context),
        )
        let count = 0
        const contents = yield* store.withSnapshot(({ contents, forEachPage }) =>
          Effect.as(
            forEachPage((page) => {
              count += page.rows.length
              return page.table === "accounts" ? outside : Effect.void
            }),
            contents,
          ),
        )
        expect(count).toBe(contents.tables.reduce((sum, { rows }) => sum + rows, 0))
        expect((yield* everyRow)["tasks"]).toStrictEqual([])
      }),
    ),
  )

  it.live("of a database without tables, or with a later schema, is refused", () =>
    on(
      "PostgreSQL",
      Effect.gen(function* () {
        expect((yield* Effect.flip(dumped))._tag).toBe("NothingToDump")
        yield* migrate
        const sql = yield* PgClient.PgClient
        yield* sql`INSERT INTO taskwright_migrations (migration_id, name) VALUES (9000, 'later')`
        for (const error of [yield* Effect.flip(dumped), yield* Effect.flip(restored(source))]) {
          expect(error._tag).toBe("StoreUnusable")
          expect(error.message).toContain("9000_later")
        }
      }),
    ),
  )
})

describe("a dump of an older schema", () => {
  it.live("has the tables that there are, under the name of that schema", () =>
    on(
      "embedded",
      Effect.gen(function* () {
        yield* migrate
        const sql = yield* PgClient.PgClient
        yield* sql`DROP TABLE email_requests`
        yield* sql`DELETE FROM taskwright_migrations WHERE migration_id > 2`
        const { contents } = yield* dumped
        expect(contents.schema).toBe("0002_account_safety")
        expect(contents.tables.map(({ name }) => name)).not.toContain("email_requests")
      }),
    ),
  )
})
