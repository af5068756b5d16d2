/** Runs PostgreSQL inside this process (PGlite), for installations without a database server. */
import { rmSync } from "node:fs"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { PGlite } from "@electric-sql/pglite"
import { Effect, Layer, type Scope } from "effect"
import type { SqlClient } from "effect/sql"
import { reasonOf } from "../../filesystem/FileErrors.ts"
import { DatabaseNotReady } from "../client/PostgresClient.ts"
import { RowsPerStatement } from "../client/RowsPerStatement.ts"
import { types } from "../client/TimestampCodec.ts"
import { TransactionSlots } from "../client/TransactionSlots.ts"
import * as DatabaseFolder from "./DatabaseFolder.ts"
import { type DataFolderInUse, DataFolderUnusable, type LockOptions, lockDataFolder } from "./DataFolderLock.ts"
import * as EmbeddedVacuum from "./EmbeddedVacuum.ts"
import { preparedFiles, unpackTo } from "./NewDatabase.ts"
import { PgliteStream } from "./PgliteStream.ts"

export interface EmbeddedOptions {
  /** The folder with the data, which this process then holds alone; without it, the database is in memory only. */
  readonly dataDir?: string | undefined
  /** How the folder is locked; as a server by default. */
  readonly lock?: LockOptions | undefined
}

/** PGlite blocks the event loop, so more connections would not help. */
const connections = 1

/** PGlite looks into the texts of so many tasks in a few milliseconds. */
const rowsPerStatement = 5_000

/** PGlite's start parameters, reduced to use less memory. */
const startParams = [
  ...PGlite.defaultStartParams,
  // Instead of 128 MB: the system caches the files anyway, and reading them from there is hardly slower.
  ...["-c", "shared_buffers=8MB"],
  // Otherwise a new log file is filled with zeros for the disk's sake, using 16 MB that are never released.
  ...["-c", "wal_init_zero=off"],
  // Instead of 100: good enough for plans, from 6,000 rows of a table.
  ...["-c", "default_statistics_target=20"],
]

/**
 * PostgreSQL inside this process (PGlite), behind the same client as a server. It has one session, so statements
 * outside a unit of work wait for it; their timeouts are those of a server. Committed data survives the end of the
 * process, even a crash. Fails if another process holds the folder or the data cannot be opened.
 */
export const layer = (
  options: EmbeddedOptions,
): Layer.Layer<
  PgClient.PgClient | SqlClient.SqlClient | TransactionSlots,
  DataFolderInUse | DataFolderUnusable | DatabaseNotReady
> =>
  EmbeddedVacuum.layer.pipe(
    Layer.provideMerge(PgClient.layerFrom(Effect.flatMap(openDatabase(options), clientOf))),
    Layer.merge(Layer.succeed(TransactionSlots, { count: connections })),
    Layer.merge(Layer.succeed(RowsPerStatement, rowsPerStatement)),
  )

const clientOf = ({ database, isInPlace }: OpenDatabase) =>
  PgClient.make({
    stream: () => new PgliteStream(database, isInPlace),
    username: "postgres",
    database: "postgres",
    types,
    multiplex: true,
    minConnections: connections,
    maxConnections: connections,
  }).pipe(Effect.mapError((error) => toNotReady("this process", error)))

/**
 * PGlite without the types of arrays, which it reads at each start for its own queries. This adapter uses its protocol
 * alone.
 */
class ProtocolOnlyPglite extends PGlite {
  override async _initArrayTypes(): Promise<void> {}
}

interface OpenDatabase {
  readonly database: PGlite
  /** Whether its files are still where they were opened. */
  readonly isInPlace: () => boolean
}

const openDatabase = ({ dataDir, lock = { purpose: "server" } }: EmbeddedOptions) =>
  dataDir === undefined
    ? Effect.map(openInMemory, (database): OpenDatabase => ({ database, isInPlace: () => true }))
    : Effect.flatMap(lockDataFolder(dataDir, lock), openIn)

const openIn = Effect.fnUntraced(function* (folder: string) {
  const tryInFolder = <A>(run: () => A) =>
    Effect.try({
      try: run,
      catch: (cause) => (cause instanceof DataFolderUnusable ? cause : new DataFolderUnusable({ folder, cause })),
    })
  if (!(yield* tryInFolder(() => DatabaseFolder.hasDatabase(folder)))) {
    // Created in a draft folder and moved when it is complete: a half-created database could not be opened.
    const draft = join(folder, "database.new")
    yield* tryInFolder(() => rmSync(draft, { recursive: true, force: true }))
    const isUnpacked = yield* Effect.tryPromise({
      try: () => unpackTo(draft),
      catch: (cause) => new DataFolderUnusable({ folder, cause }),
    })
    if (!isUnpacked) yield* Effect.scoped(open(draft))
    yield* tryInFolder(() => DatabaseFolder.install(folder, draft))
  }
  const database = yield* open(DatabaseFolder.databaseIn(folder))
  yield* tryInFolder(() => DatabaseFolder.mark(folder))
  return { database, isInPlace: yield* tryInFolder(() => DatabaseFolder.watch(folder)) } satisfies OpenDatabase
})

/** Opens the database at the path, and creates it if there is none. */
const open = (path: string, files?: Blob): Effect.Effect<PGlite, DatabaseNotReady, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const database = new ProtocolOnlyPglite(path, {
          startParams,
          ...(files === undefined ? {} : { loadDataDir: files }),
        })
        await database.waitReady
        return database
      },
      catch: (cause) => toNotReady(path, cause),
    }),
    (database) =>
      Effect.ignore(
        Effect.tryPromise(() => database.close()),
        { log: "Warn", message: "Could not close the database" },
      ),
  )

const openInMemory = Effect.flatMap(preparedFiles, (files) => open("memory://", files))

const toNotReady = (where: string, cause: unknown): DatabaseNotReady =>
  new DatabaseNotReady({ where, reason: reasonOf(cause), cause })
