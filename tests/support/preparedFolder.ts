/** Data folders with a new database in them. Its creation takes seconds, so that one is created for a whole test run. */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Layer } from "effect"
import * as embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

const lookMillis = 50
const limitMillis = 200_000

/** Creates a database of the current version in the data folder. */
const create = (folder: string): Promise<void> =>
  Effect.runPromise(
    Effect.scoped(
      Layer.build(Layer.effectDiscard(migrate).pipe(Layer.provide(embedded.layer({ dataDir: folder })))),
    ).pipe(Effect.asVoid),
  )

/** Returns the folder that all others are copied from. The first process makes it, and the others wait. */
const template = async (): Promise<string> => {
  const runFolder = process.env["TEST_RUN_FOLDER"]
  if (runFolder === undefined) throw new Error("runFolder.ts is no global set-up of these tests")
  const [made, draft] = [join(runFolder, "data"), join(runFolder, "data.new")]
  const end = performance.now() + limitMillis
  while (!existsSync(made)) {
    if (isFirst(draft) && !existsSync(made)) {
      try {
        await create(draft)
      } catch (failure) {
        rmSync(draft, { recursive: true, force: true })
        throw failure
      }
      renameSync(draft, made)
    } else if (performance.now() > end) {
      throw new Error(`no process made the database in ${draft}`)
    } else {
      await sleep(lookMillis)
    }
  }
  return made
}

/** Whether this process created the folder. */
const isFirst = (folder: string): boolean => {
  try {
    mkdirSync(folder, { mode: 0o700 })
    return true
  } catch {
    return false
  }
}

/** Puts a new database into the data folder, as the first start of a server or a command does. */
export const prepareFolder = async (folder: string): Promise<void> => {
  cpSync(await template(), folder, { recursive: true })
}

/** Makes a data folder with a new database, which is removed with the scope. */
export const folderWithDatabase = Effect.tap(temporaryFolder, (folder) => Effect.promise(() => prepareFolder(folder)))

/** A client of a new embedded database of the current version. */
export const preparedDatabase = Layer.unwrap(Effect.map(folderWithDatabase, (dataDir) => embedded.layer({ dataDir })))
