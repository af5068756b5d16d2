/** The use case that dumps a whole store. */
import { Effect } from "effect"
import { BackupStore, type RowPage, type StoreContents } from "./BackupStore.ts"

/** The destination of a dump. */
export interface DumpTarget<E, R> {
  /** Takes the contents, before all rows. */
  readonly begin: (contents: StoreContents) => Effect.Effect<void, E, R>
  readonly write: (page: RowPage) => Effect.Effect<void, E, R>
  /** Completes the dump, after all rows. */
  readonly end: Effect.Effect<void, E, R>
}

/** Writes the contents and all rows of the store, as they are at one moment. Returns the contents. */
export const dumpStore = Effect.fnUntraced(function* <E, R>(target: DumpTarget<E, R>) {
  const store = yield* BackupStore
  return yield* store.withSnapshot(({ contents, forEachPage }) =>
    target
      .begin(contents)
      .pipe(Effect.andThen(forEachPage(target.write)), Effect.andThen(target.end), Effect.as(contents)),
  )
})
