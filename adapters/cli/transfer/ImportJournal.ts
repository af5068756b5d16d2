/** A write-ahead log of imports, from which a repeated import continues. */
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
import { FileError } from "../../filesystem/FileErrors.ts"
import { TaskIds } from "./TaskIds.ts"

const Entry = Schema.Union([
  /** These tasks are about to be created. */
  Schema.Struct({ begin: Schema.Array(TaskId), at: Schema.Int }),
  /** One task was created, under its id here; its status and categories may be missing. */
  Schema.Struct({ made: TaskId, as: TaskId }),
  /** These tasks are here, with all their exported content. */
  Schema.Struct({ done: Schema.Array(TaskId) }),
  /** From here on everything is imported again. */
  Schema.Struct({ anew: Schema.Literal(true) }),
])
const decodeEntry = Schema.decodeUnknownOption(Schema.fromJsonString(Entry))

/** The progress of earlier imports into the account. */
export interface JournalState {
  /** The exported ids of the tasks that are here. */
  readonly done: TaskIds
  /** The exported ids of tasks that were imported and have been deleted here. */
  readonly gone: TaskIds
  /** Tasks that were created and may be incomplete, by the exported id, with their id here. */
  readonly made: Map<TaskId, TaskId>
  /** Tasks that may have been created or not, and since when (milliseconds since 1970). */
  readonly begun: Set<TaskId>
  readonly begunAt: number | null
}

async function* entriesOf(path: string): AsyncGenerator<typeof Entry.Type> {
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const line of lines) {
    // A line that a crash truncated was never acknowledged.
    const entry = decodeEntry(line)
    if (Option.isSome(entry)) yield entry.value
  }
}

export interface JournalOptions<E, R> {
  /** The ids of all tasks that are here. Entries of a journal count only as far as these ids confirm them. */
  readonly present: Effect.Effect<TaskIds, E, R>
  /** Whether to begin again, as if nothing had been imported. */
  readonly isAnew: boolean
  /** Whether to leave the file unchanged. */
  readonly isDryRun: boolean
}

/**
 * Records what has been imported into an account, on disk before the next task is created. The API assigns new ids, so
 * only this log tells a repeated import what exists.
 */
export const openJournal = <E, R>(path: string, options: JournalOptions<E, R>) =>
  Effect.gen(function* () {
    const failed = (cause: unknown) => new FileError({ path, cause })
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
      /** Records that these tasks are about to be created; on disk when it returns. */
      begin: (ids: ReadonlyArray<TaskId>, at: number) => Effect.andThen(append({ begin: ids, at }), flush),
      made: (id: TaskId, as: TaskId) => append({ made: id, as }),
      /** Records that these tasks are here; on disk when it returns. */
      done: (ids: ReadonlyArray<TaskId>) =>
        Effect.andThen(append({ done: ids }), flush).pipe(
          Effect.tap(() =>
            Effect.sync(() => {
              for (const id of ids) state.done.add(id)
            }),
          ),
        ),
      /** Returns all ids that imported tasks have here. */
      targets: Effect.tryPromise({ try: () => targetsOf(path), catch: failed }),
    }
  })

/** Writes the whole text. A full disk may accept a part of a line; the next write fails then. */
const writeWhole = (descriptor: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
}

/** Ends a truncated line, so that the next entry begins a new one. */
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
      // A task that was here before any import has its own id.
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
