/** Holds a restore to dumps of its own schema and with all their rows. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { BackupStore, type RowPage, type StoreContents } from "../../application/backup/BackupStore.ts"
import { restoreStore } from "../../application/backup/RestoreStore.ts"

const contents: StoreContents = {
  schema: "0004_current",
  tables: [
    { name: "accounts", columns: ["id", "email"], rows: 2 },
    { name: "tasks", columns: ["id"], rows: 1 },
  ],
}
const pages: ReadonlyArray<RowPage> = [
  { table: "accounts", rows: ["{}"] },
  { table: "accounts", rows: ["{}"] },
  { table: "tasks", rows: ["{}"] },
]

/** An empty store of this schema; it accepts every row. */
const store = Layer.succeed(BackupStore, {
  withSnapshot: () => Effect.die("not asked for"),
  fillAtomically: (use) => use({ contents, insert: () => Effect.void }),
})

const restored = (begun: StoreContents | null, given: ReadonlyArray<RowPage>) =>
  restoreStore((target) =>
    Effect.andThen(
      begun === null ? Effect.void : target.begin(begun),
      Effect.forEach(given, target.insert, { discard: true }),
    ),
  ).pipe(Effect.provide(store))

describe("a restore", () => {
  it.effect("returns the contents of a dump of its schema, whose columns may have another order", () =>
    Effect.gen(function* () {
      expect(yield* restored(contents, pages)).toBe(contents)
      const [accounts, ...others] = contents.tables
      const turned = [{ name: "accounts", columns: ["email", "id"], rows: accounts?.rows ?? 0 }, ...others]
      expect((yield* restored({ ...contents, tables: turned }, pages)).tables).toBe(turned)
    }),
  )

  it.effect.each<[string, string]>([
    ["0005_next", "newer"],
    ["0003_before", "older"],
  ])("refuses a dump with the schema %s, and says that it is %s", ([schema, age]) =>
    Effect.gen(function* () {
      const { _tag, message } = yield* Effect.flip(restored({ ...contents, schema }, pages))
      expect(_tag).toBe("SchemaMismatch")
      expect(message).toMatch(
        new RegExp(`^The dump was made by an? ${age} Taskwright: [^\\n]*${schema}[^\\n]*0004_current`),
      )
    }),
  )

  it.effect.each<[string, StoreContents | null, ReadonlyArray<RowPage>, RegExp]>([
    ["without contents", null, [], /empty/],
    ["with rows before the contents", null, pages, /header/],
    ["with a missing row", contents, pages.slice(1), /it has 1 rows of accounts, and its header says 2/],
    ["with a row too many", contents, [...pages, ...pages.slice(2)], /it has 2 rows of tasks, and its header says 1/],
    ["with other tables", { ...contents, tables: contents.tables.slice(1) }, pages, /tables or columns/],
  ])("refuses a dump %s", ([, begun, given, reason]) =>
    Effect.gen(function* () {
      const { _tag, message } = yield* Effect.flip(restored(begun, given))
      expect(_tag).toBe("DumpDamaged")
      expect(message).toMatch(reason)
    }),
  )
})
