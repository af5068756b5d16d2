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
import { TaskIds } from "./TaskIds.ts"

const Entry = Schema.Union([
  /** These are about to be made. */
  Schema.Struct({ begin: Schema.Array(TaskId), at: Schema.Int }),
  /** One was made, under the id that it has here; its status and categories may be missing. */
  Schema.Struct({ made: TaskId, as: TaskId }),
  /** These are here as they were exported. */
  Schema.Struct({ done: Schema.Array(TaskId) }),
  /** Everything is imported anew from here on. */
  Schema.Struct({ anew: Schema.Literal(true) }),
])
const decodeEntry = Schema.decodeUnknownOption(Schema.fromJsonString(Entry))

/** How far earlier imports into the account came. */
export interface JournalState {
  /** The ids, as exported, of the tasks that are here. */
  readonly done: TaskIds
  /** The ids, as exported, of tasks that were imported and are not here any more. */
  readonly gone: TaskIds
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

export interface JournalOptions<E, R> {
  /** The ids of all tasks that are here. A journal that holds anything is believed as far as they bear it out. */
  readonly present: Effect.Effect<TaskIds, E, R>
  /** Whether to begin anew, as if nothing had been imported. */
  readonly isAnew: boolean
  /** Whether to leave the file as it is. */
  readonly isDryRun: boolean
}

/**
 * What has been imported into an account, on disk before the next task is made: the API gives every task an id of its
 * own, so nothing else could tell a repeated import what is there already.
 */
export const openJournal = <E, R>(path: string, options: JournalOptions<E, R>) =>
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
    const append = (entry: typeof Entry.Encoded) => attempt(() => writeWhole(descriptor, `${JSON.stringify(entry)}\n`))
    const isEmpty = options.isAnew || fstatSync(descriptor).size === 0
    if (options.isAnew && !options.isDryRun) yield* append({ anew: true })
    const present = isEmpty ? new TaskIds() : yield* options.present
    const state = isEmpty
      ? emptyState()
      : yield* Effect.tryPromise({ try: () => stateOf(path, present), catch: failed })
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

/** A full disk may take a part of a line; the rest fails then. */
const writeWhole = (descriptor: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
}

/** What follows a line that was cut off begins a new one. */
const endLine = (descriptor: number): void => {
  const { size } = fstatSync(descriptor)
  if (size === 0) return
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  if (last.toString() !== "\n") writeSync(descriptor, "\n")
}

const emptyState = (): JournalState => ({
  done: new TaskIds(),
  gone: new TaskIds(),
  made: new Map(),
  begun: new Set(),
  begunAt: null,
})

const stateOf = async (path: string, present: TaskIds): Promise<JournalState> => {
  let { begun, done, gone, made } = emptyState()
  let begunAt: number | null = null
  const settle = (id: TaskId, as: TaskId) => {
    made.delete(id)
    begun.delete(id)
    const [one, other] = present.has(as) ? [done, gone] : [gone, done]
    one.add(id)
    other.delete(id)
  }
  for await (const entry of entriesOf(path)) {
    if ("anew" in entry) ({ begun, done, gone, made } = emptyState())
    else if ("begin" in entry) {
      if (begun.size === 0) begunAt = entry.at
      for (const id of entry.begin) begun.add(id)
    } else if ("made" in entry) {
      made.set(entry.made, entry.as)
      begun.delete(entry.made)
    } else {
      // One that was here before any import has its own id.
      for (const id of entry.done) settle(id, made.get(id) ?? id)
    }
  }
  for (const [id, as] of [...made]) if (!present.has(as)) settle(id, as)
  return { done, gone, made, begun, begunAt: begun.size === 0 ? null : begunAt }
}

const targetsOf = async (path: string): Promise<ReadonlySet<TaskId>> => {
  const targets = new Set<TaskId>()
  for await (const entry of entriesOf(path)) if ("made" in entry) targets.add(entry.as)
  return targets
}
