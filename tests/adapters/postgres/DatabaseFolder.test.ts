/** Holds the embedded database to a refusal of folders that are damaged, foreign or older. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import { ping } from "../../../adapters/postgres/client/PostgresClient.ts"
import * as embedded from "../../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { folderWithDatabase, prepareFolder } from "../../support/preparedFolder.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const using = <A, E>(dataDir: string, effect: Effect.Effect<A, E, PgClient.PgClient>) =>
  Effect.scoped(
    Effect.flatMap(Layer.build(embedded.layer({ dataDir })), (context) => Effect.provideContext(effect, context)),
  )

/** All files and folders except those by which a process locks the folder. */
const contents = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("lock"))
    .toSorted()

const expectRefused = Effect.fnUntraced(function* (folder: string, ...words: ReadonlyArray<string>) {
  const before = contents(folder)
  const error = yield* Effect.flip(using(folder, Effect.void))
  expect(error._tag).toBe("DataFolderUnusable")
  for (const word of [folder, ...words]) expect(error.message).toContain(word)
  expect(error.message).not.toContain("\n")
  expect(contents(folder)).toStrictEqual(before)
})

describe("the folder of the embedded database", () => {
  for (const lost of ["PG_VERSION", "global/pg_control", "base", "pg_wal"]) {
    it.live(`is refused and not changed if its database lacks ${lost}`, () =>
      Effect.gen(function* () {
        const folder = yield* folderWithDatabase
        rmSync(join(folder, "database", lost), { recursive: true })
        yield* expectRefused(folder, `there is no ${join(folder, "database", lost)}`)
      }),
    )
  }

  it.live("is refused if its database was deleted or replaced with an empty folder", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      rmSync(join(folder, "database"), { recursive: true })
      yield* expectRefused(folder, "its database is gone", "database/PG_VERSION")
      mkdirSync(join(folder, "database"))
      yield* expectRefused(folder, "its database is gone", "database/PG_VERSION")
    }),
  )

  it.live("is refused if the database of an older Taskwright was deleted after it was opened once", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      rmSync(join(folder, "database.json"))
      yield* using(folder, Effect.void)
      rmSync(join(folder, "database"), { recursive: true })
      yield* expectRefused(folder, "database/PG_VERSION")
    }),
  )

  it.live("is refused if it contains other files, whatever they are", () =>
    Effect.gen(function* () {
      for (const name of ["PG_VERSION", "notes.txt", "base"]) {
        const folder = yield* temporaryFolder
        writeFileSync(join(folder, name), "18\n")
        yield* expectRefused(folder, "database/PG_VERSION", name)
      }
      const folder = yield* temporaryFolder
      mkdirSync(join(folder, "database"))
      writeFileSync(join(folder, "database", "notes.txt"), "")
      yield* expectRefused(folder, "database/PG_VERSION")
    }),
  )

  it.live("is refused if its database has another PostgreSQL version", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      const file = join(folder, "database", "PG_VERSION")
      const own = Number(readFileSync(file, "utf8"))
      for (const version of [own + 1, own - 1]) {
        writeFileSync(file, `${version}\n`)
        yield* expectRefused(folder, `PostgreSQL ${version}`, `PostgreSQL ${own}`)
      }
      writeFileSync(file, "")
      yield* expectRefused(folder, "not whole", "database/PG_VERSION is empty")
    }),
  )

  it.live("gets a database if it contains only the service's own files", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const name of ["mail", "lost+found", "database"]) mkdirSync(join(folder, name))
      for (const name of ["jwt-private-key.pem", ".gitignore", "lock.json"]) writeFileSync(join(folder, name), "")
      writeFileSync(join(folder, "mail", "1.eml"), "")
      yield* using(folder, Effect.void)
      expect(existsSync(join(folder, "database", "PG_VERSION"))).toBe(true)
      expect(existsSync(join(folder, "mail", "1.eml"))).toBe(true)
    }),
  )

  it.live("makes statements fail like a lost connection while it is missing", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      const away = `${folder}.away`
      yield* using(
        folder,
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          yield* sql`CREATE TABLE words (word text)`
          renameSync(folder, away)
          const error = yield* Effect.flip(sql`INSERT INTO words VALUES ('lost')`)
          expect(error.reason._tag).toBe("ConnectionError")
          expect(yield* ping).toBe(false)
          // A folder of the same name is another folder.
          yield* Effect.promise(() => prepareFolder(folder))
          expect(yield* ping).toBe(false)
          rmSync(folder, { recursive: true })
          renameSync(away, folder)
          expect(yield* ping).toBe(true)
          expect(yield* sql`SELECT word FROM words`).toStrictEqual([])
        }),
      )
    }),
  )
})
