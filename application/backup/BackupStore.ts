/** The port that reads a whole store at one moment, and fills an empty one. */
import { Context, type Effect } from "effect"
import type { DumpDamaged, NothingToDump, StoreNotEmpty, StoreUnusable } from "./BackupErrors.ts"

export interface TableContents {
  readonly name: string
  readonly columns: ReadonlyArray<string>
  readonly rows: number
}

/** The contents of a store, in an order in which a row follows all rows that it refers to. */
export interface StoreContents {
  /** The name of the newest migration of the store. */
  readonly schema: string
  readonly tables: ReadonlyArray<TableContents>
}

/** Rows of one table, each as the JSON text of an object with its columns. */
export interface RowPage {
  readonly table: string
  readonly rows: ReadonlyArray<string>
}

/** A store as it was at one moment. */
export interface StoreSnapshot {
  readonly contents: StoreContents
  /** Passes all rows to `take`, table by table in the order of `contents`. MUST hold only one page at a time. */
  readonly forEachPage: <E, R>(take: (page: RowPage) => Effect.Effect<void, E, R>) => Effect.Effect<void, E, R>
}

/** A store without rows, which accepts them. */
export interface EmptyStore {
  /** The tables of this build, all with zero rows. */
  readonly contents: StoreContents
  /** Stores the rows unchanged. Fails if the store rejects one. */
  readonly insert: (page: RowPage) => Effect.Effect<void, DumpDamaged>
}

/** Reads and fills a whole store, with every user's rows and every hash. */
export class BackupStore extends Context.Service<
  BackupStore,
  {
    /**
     * Runs `use` on a snapshot, which MUST NOT include any later write and MUST NOT delay writers. The store may have
     * an older schema than this build. It MUST change nothing.
     */
    readonly withSnapshot: <A, E, R>(
      use: (snapshot: StoreSnapshot) => Effect.Effect<A, E, R>,
    ) => Effect.Effect<A, E | NothingToDump | StoreUnusable, R>

    /**
     * Brings the store to the schema of this build and runs `use` on it, all in one transaction: if `use` fails, dies
     * or is interrupted, nothing has changed. MUST fail with `StoreNotEmpty` if any table has a row. No other process
     * MUST be able to write until it ends.
     */
    readonly fillAtomically: <A, E, R>(
      use: (store: EmptyStore) => Effect.Effect<A, E, R>,
    ) => Effect.Effect<A, E | StoreNotEmpty | StoreUnusable, R>
  }
>()("taskwright/BackupStore") {}
