/** Holds the migration of category names to one composed spelling each. */
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import { composeNames } from "../../../adapters/postgres/migrations/0004_composed_names.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import { clientOn, describeOnPostgres, emptySchema } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"

const composed = "Café".normalize("NFC")
const decomposed = composed.normalize("NFD")

const users = ["0193a5ad-92d0-7c52-8d1c-000000000001", "0193a5ad-92d0-7c52-8d1c-000000000002"] as const

/** The rows of an older version: one spelling alone, both of one name, and three marks in two wrong orders. */
const before: ReadonlyArray<readonly [user: string, name: string]> = [
  [users[0], decomposed],
  [users[0], "Garden"],
  [users[0], "Zu\u0308rich"],
  [users[1], composed],
  [users[1], decomposed],
  [users[1], "a\u0323\u0302bc"],
  [users[1], "a\u0302\u0323bc"],
  // Two characters when composed, which is shorter than a name may be.
  [users[1], "Nu\u0308"],
]

const migrates = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* migrate
  for (const id of users) {
    yield* sql`INSERT INTO accounts (id, email, full_name, password_hash, is_active, created_at, updated_at)
      VALUES (${id}, ${`${id}@example.com`}, 'Ada', 'hash', true, now(), now())`
  }
  for (const [index, [user, name]] of before.entries()) {
    const id = `0193a5ad-92d0-7c52-8d1c-00000000010${index}`
    yield* sql`INSERT INTO categories (user_id, id, name, created_at, version, updated_at)
      VALUES (${user}, ${id}, ${name}, now(), 1, now())`
  }
  // It runs again, on the schema of all migrations: later ones do not change what it reads.
  yield* sql.withTransaction(composeNames)
  const rows = yield* sql<{ name: string }>`SELECT name FROM categories ORDER BY id`
  expect(rows.map(({ name }) => name)).toStrictEqual([
    composed,
    "Garden",
    "Zürich".normalize("NFC"),
    composed,
    decomposed,
    "ậbc".normalize("NFC"),
    "a\u0302\u0323bc",
    "Nu\u0308",
  ])
})

describe("names of categories in the embedded database", () => {
  it.live("are composed by a migration that also handles duplicates", () => Effect.provide(migrates, preparedDatabase))
})

describeOnPostgres("names of categories", () => {
  it.live("are composed by a migration that also handles duplicates", () =>
    Effect.provide(migrates, clientOn().pipe(Layer.provide(emptySchema))),
  )
})
