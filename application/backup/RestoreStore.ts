/** The use case that restores a dump into an empty store. */
import { Effect } from "effect"
import { DumpDamaged, SchemaMismatch } from "./BackupErrors.ts"
import { BackupStore, type EmptyStore, type RowPage, type StoreContents, type TableContents } from "./BackupStore.ts"

/** Takes a dump while it is read. */
export interface RestoreTarget {
  /** Takes the contents, before all rows. */
  readonly begin: (contents: StoreContents) => Effect.Effect<void, DumpDamaged | SchemaMismatch>
  readonly insert: (page: RowPage) => Effect.Effect<void, DumpDamaged>
}

/**
 * Restores a dump, completely or not at all. `read` passes the contents and then all rows to its argument, and MUST fail
 * if the dump has no end. Fails if the dump has another schema than this build, or another number of rows than it says.
 */
export const restoreStore = Effect.fnUntraced(function* <E, R>(
  read: (target: RestoreTarget) => Effect.Effect<void, E, R>,
) {
  const store = yield* BackupStore
  return yield* store.fillAtomically(
    Effect.fnUntraced(function* (empty) {
      let dumped: StoreContents | undefined
      const restored = new Map<string, number>()
      yield* read({
        begin: (contents) =>
          Effect.andThen(
            compare(contents, empty.contents),
            Effect.sync(() => {
              dumped = contents
            }),
          ),
        insert: Effect.fnUntraced(function* (page) {
          if (dumped === undefined) return yield* new DumpDamaged({ reason: "it does not begin with its header" })
          yield* insertCounted(empty, page, restored)
        }),
      })
      if (dumped === undefined) return yield* new DumpDamaged({ reason: "it is empty" })
      const wrong = dumped.tables.find(({ name, rows }) => (restored.get(name) ?? 0) !== rows)
      if (wrong === undefined) return dumped
      const { name, rows } = wrong
      const reason = `it has ${restored.get(name) ?? 0} rows of ${name}, and its header says ${rows}`
      return yield* new DumpDamaged({ reason })
    }),
  )
})

const insertCounted = (store: EmptyStore, page: RowPage, counts: Map<string, number>) =>
  Effect.andThen(
    store.insert(page),
    Effect.sync(() => counts.set(page.table, (counts.get(page.table) ?? 0) + page.rows.length)),
  )

/** Tables and columns of one schema are the same everywhere; others would lose data without an error. */
const compare = Effect.fnUntraced(function* (dumped: StoreContents, expected: StoreContents) {
  if (dumped.schema !== expected.schema) {
    return yield* new SchemaMismatch({ dumped: dumped.schema, expected: expected.schema })
  }
  if (shapeOf(dumped.tables) !== shapeOf(expected.tables)) {
    return yield* new DumpDamaged({ reason: "its tables or columns are not those of its schema" })
  }
})

const shapeOf = (tables: ReadonlyArray<TableContents>): string =>
  JSON.stringify(tables.map(({ columns, name }) => [name, [...columns].sort()]))
