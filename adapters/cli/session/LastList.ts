/**
 * Remembers the list that each terminal showed last, so that later commands there can name its tasks by number. A list
 * printed as JSON, or into a pipe or a file, was not shown, so the numbers stay.
 */
import { createHash } from "node:crypto"
import { readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { Clock, Effect, Schema } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { Task } from "../../../domain/tasks/Task.ts"
import { FileError } from "../../filesystem/FileErrors.ts"
import { lockFile } from "../../filesystem/FileLock.ts"
import { readPrivate, removePrivate, writePrivate } from "../../filesystem/PrivateFile.ts"
import { Backend } from "../backend/Backend.ts"
import { rootCommand } from "../RootCommand.ts"
import { localUserId } from "./SignedInUser.ts"
import { TerminalSession } from "./TerminalSession.ts"
import { ConfigDirectory, instanceDirectory } from "./UserDirectories.ts"

/** A device or a process number may be reused for another terminal; a list of yesterday is fetched again. */
const maximumAgeMillis = 12 * 60 * 60 * 1000
/** The maximum number of terminals of one user and instance; the ones that showed a list last are kept. */
const maximumTerminals = 32

const RememberedList = Schema.Struct({
  user_id: UserId,
  /** Milliseconds since 1970. */
  shown_at: Schema.Int,
  tasks: Schema.Array(Schema.toType(Task)),
})

const files = Effect.gen(function* () {
  const directory = instanceDirectory(yield* ConfigDirectory, (yield* Backend).instance)
  const { key } = yield* TerminalSession
  const folder = join(directory, "lists")
  return {
    folder,
    lock: join(folder, "lists.lock"),
    list: key === null ? null : join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 24)}.json`),
    /** Earlier versions stored one list for all terminals here. */
    former: join(directory, "last-list.json"),
  }
})

const remembered = Effect.gen(function* () {
  const { list } = yield* files
  const user_id = yield* localUserId
  const found = list === null ? null : yield* readPrivate(list, RememberedList)
  const now = yield* Clock.currentTimeMillis
  return found !== null && found.user_id === user_id && Math.abs(now - found.shown_at) < maximumAgeMillis ? found : null
})

/** The tasks of the list that this terminal showed last, in order, as this user saw them; null if there is none. */
export const lastList = Effect.map(remembered, (found) => found?.tasks ?? null)

/** Whether a person sees the output: then a list has numbers, and it is remembered. */
export const isOutputShown = Effect.gen(function* () {
  const { json } = yield* rootCommand
  const { isShown, key } = yield* TerminalSession
  return !json && isShown && key !== null
})

/** Remembers the list that is shown. */
export const rememberList = (tasks: ReadonlyArray<Task>) =>
  Effect.gen(function* () {
    const { folder, former, list, lock } = yield* files
    if (list === null) return
    const user_id = yield* localUserId
    yield* lockFile(lock)
    yield* writePrivate(list, { user_id, shown_at: yield* Clock.currentTimeMillis, tasks })
    yield* removePrivate(former)
    yield* removeOldest(folder)
  }).pipe(Effect.scoped)

/**
 * Records a task's state that the user has seen or made since; the next edit by its number starts from that state. The
 * numbers stay.
 */
export const rememberTask = (task: Task) =>
  Effect.gen(function* () {
    const { list, lock } = yield* files
    if (list === null) return
    // Another command may show a list meanwhile; this write must not lose it.
    yield* lockFile(lock)
    const found = yield* remembered
    if (found === null || !found.tasks.some(({ id }) => id === task.id)) return
    yield* writePrivate(list, { ...found, tasks: found.tasks.map((each) => (each.id === task.id ? task : each)) })
  }).pipe(Effect.scoped)

const removeOldest = (folder: string) =>
  Effect.try({
    try: () => {
      const lists = readdirSync(folder).filter((name) => name.endsWith(".json"))
      if (lists.length <= maximumTerminals) return
      const byAge = lists
        .map((name) => ({ path: join(folder, name), millis: statSync(join(folder, name)).mtimeMs }))
        .toSorted((one, other) => other.millis - one.millis)
      for (const { path } of byAge.slice(maximumTerminals)) rmSync(path, { force: true })
    },
    catch: (cause) => new FileError({ path: folder, cause }),
  })
