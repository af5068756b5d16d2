import {
  closeSync,
  createReadStream,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { createInterface } from "node:readline"
import { Effect, Option, Schema } from "effect"
import { TaskId } from "../../../domain/tasks/TaskId.ts"
import { FileUnusable } from "../../filesystem/FileUnusable.ts"

const Entry = Schema.Union([
  /** These are about to be made. */
  Schema.Struct({ begin: Schema.Array(TaskId), at: Schema.Int }),
  /** One was made, under the id that it has here; its status and categories may be missing. */
  Schema.Struct({ made: TaskId, as: TaskId }),
  /** These are here as they were exported. */
  Schema.Struct({ done: Schema.Array(TaskId) }),
])
const decodeEntry = Schema.decodeUnknownOption(Schema.fromJsonString(Entry))

/** Ids in half the memory that they take as they are written: a long import holds those of all its tasks. */
class TaskIds {
  readonly #ids = new Set<string>()

  has(id: TaskId): boolean {
    return this.#ids.has(bytesOf(id))
  }

  add(id: TaskId): void {
    this.#ids.add(bytesOf(id))
  }
}

/** The 16 bytes of a UUID, a character each. */
const bytesOf = (id: TaskId): string => Buffer.from(id.replaceAll("-", ""), "hex").toString("latin1")

/** How far earlier imports into the account came. */
export interface JournalState {
  /** The ids, as exported, of the tasks that are here. */
  readonly done: TaskIds
  /** Tasks that were made and may lack something: the exported id, and the one that it has here. */
  readonly made: Map<TaskId, TaskId>
  /** Tasks of which it is not known whether they were made, and since when (milliseconds since 1970). */
  readonly begun: Set<TaskId>
  readonly begunAt: number | null
}

async function* entriesOf(path: string): AsyncGenerator<typeof Entry.Type> {
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const line of lines) {
    // What a crash cut off was not acknowledged by this file.
    const entry = decodeEntry(line)
    if (Option.isSome(entry)) yield entry.value
  }
}

/**
 * What has been imported into an account, on disk before the next task is made: the API gives every task an id of its
 * own, so nothing else could tell a repeated import what is there already.
 */
export const openJournal = (path: string) =>
  Effect.gen(function* () {
    const failed = (cause: unknown) => new FileUnusable({ path, cause })
    const attempt = <A>(run: () => A) => Effect.try({ try: run, catch: failed })
    const descriptor = yield* Effect.acquireRelease(
      attempt(() => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        return openSync(path, "a+", 0o600)
      }),
      (descriptor) => Effect.sync(() => closeSync(descriptor)),
    )
    yield* attempt(() => endLine(descriptor))
    const state = yield* Effect.tryPromise({ try: () => stateOf(path), catch: failed })
    const append = (entry: typeof Entry.Encoded) => attempt(() => writeSync(descriptor, `${JSON.stringify(entry)}\n`))
    const flush = attempt(() => fdatasyncSync(descriptor))
    return {
      state,
      /** Says that these are about to be made: on disk when it returns. */
      begin: (ids: ReadonlyArray<TaskId>, at: number) => Effect.andThen(append({ begin: ids, at }), flush),
      made: (id: TaskId, as: TaskId) => append({ made: id, as }),
      /** Says that these are here: on disk when it returns. */
      done: (ids: ReadonlyArray<TaskId>) =>
        Effect.andThen(append({ done: ids }), flush).pipe(
          Effect.tap(() =>
            Effect.sync(() => {
              for (const id of ids) state.done.add(id)
            }),
          ),
        ),
      /** All ids that imported tasks were given here. */
      targets: Effect.tryPromise({ try: () => targetsOf(path), catch: failed }),
    }
  })

/** What follows a line that was cut off begins a new one. */
const endLine = (descriptor: number): void => {
  const { size } = fstatSync(descriptor)
  if (size === 0) return
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  if (last.toString() !== "\n") writeSync(descriptor, "\n")
}

const stateOf = async (path: string): Promise<JournalState> => {
  const done = new TaskIds()
  const made = new Map<TaskId, TaskId>()
  const begun = new Set<TaskId>()
  let begunAt: number | null = null
  for await (const entry of entriesOf(path)) {
    if ("begin" in entry) {
      if (begun.size === 0) begunAt = entry.at
      for (const id of entry.begin) begun.add(id)
    } else if ("made" in entry) {
      made.set(entry.made, entry.as)
      begun.delete(entry.made)
    } else {
      for (const id of entry.done) {
        done.add(id)
        made.delete(id)
        begun.delete(id)
      }
    }
  }
  return { done, made, begun, begunAt: begun.size === 0 ? null : begunAt }
}

const targetsOf = async (path: string): Promise<ReadonlySet<TaskId>> => {
  const targets = new Set<TaskId>()
  for await (const entry of entriesOf(path)) if ("made" in entry) targets.add(entry.as)
  return targets
}
