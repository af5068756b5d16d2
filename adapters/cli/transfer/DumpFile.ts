/** Writes a dump to a file, and reads it from one. */
import { createHash } from "node:crypto"
import { Clock, Effect, Option, Schema } from "effect"
import { DumpDamaged } from "../../../application/backup/BackupErrors.ts"
import { dumpStore } from "../../../application/backup/DumpStore.ts"
import { type RestoreTarget, restoreStore } from "../../../application/backup/RestoreStore.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { CommandFailed } from "../CliErrors.ts"
import { escapeInJson } from "../output/TerminalText.ts"
import { makeCollectGarbage } from "./CollectGarbage.ts"
import { AnyHeaderLine, EndLine, formatVersion, HeaderLine, linesOf, rowOf } from "./DumpFormat.ts"
import { forEachBatch, type NumberedLine } from "./LineBatches.ts"
import type { LineSink } from "./LineSink.ts"
import { makeProgress } from "./Progress.ts"

/** A page of rows together; no row of the service comes near the limit of a line. */
const lineBatches = { size: 500, maximumLineBytes: 16_000_000, command: "restore" } as const

const sum = (tables: ReadonlyArray<{ readonly rows: number }>): number =>
  tables.reduce((total, { rows }) => total + rows, 0)

/** Dumps the store. Returns the number of rows of each table, and of all. */
export const dumpTo = (sink: LineSink) =>
  Effect.gen(function* () {
    const progress = yield* makeProgress
    const collectGarbage = yield* makeCollectGarbage
    const checksum = createHash("sha256")
    const created_at = fromMillis(yield* Clock.currentTimeMillis)
    let written = 0
    let total = 0
    const write = (text: string) => {
      const escaped = escapeInJson(text)
      checksum.update(escaped)
      return sink.writeText(escaped)
    }
    const contents = yield* dumpStore({
      begin: ({ schema, tables }) => {
        total = sum(tables)
        return write(
          `${JSON.stringify({ type: "taskwright-dump", version: formatVersion, schema, created_at, tables })}\n`,
        )
      },
      write: (page) => {
        written += page.rows.length
        return Effect.andThen(
          write(linesOf(page)),
          Effect.andThen(collectGarbage, progress.show(written / Math.max(total, 1), `${written} of ${total} rows`)),
        )
      },
      end: Effect.suspend(() => sink.write([{ type: "end", rows: written, sha256: checksum.digest("hex") }])),
    })
    yield* sink.finish
    return { rows: total, tables: rowsOf(contents.tables) }
  })

/** Restores a dump into the empty store. Returns the number of rows of each table, and of all. */
export const restoreFrom = (path: string) =>
  Effect.gen(function* () {
    const progress = yield* makeProgress
    const collectGarbage = yield* makeCollectGarbage
    const { tables } = yield* restoreStore((target) => {
      const reader = makeReader(target)
      return forEachBatch(path, lineBatches, ({ lines, share }) =>
        Effect.andThen(
          reader.take(lines),
          Effect.andThen(
            collectGarbage,
            Effect.suspend(() => progress.show(share, `${reader.count()} rows`)),
          ),
        ),
      ).pipe(Effect.andThen(reader.requireEnd))
    })
    return { rows: sum(tables), tables: rowsOf(tables) }
  })

const rowsOf = (tables: ReadonlyArray<{ readonly name: string; readonly rows: number }>) =>
  Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))

const decodeHeader = Schema.decodeUnknownOption(Schema.fromJsonString(HeaderLine))
const decodeAnyHeader = Schema.decodeUnknownOption(Schema.fromJsonString(AnyHeaderLine))
const decodeEnd = Schema.decodeUnknownOption(Schema.fromJsonString(EndLine))

/** Reads the lines of a dump in order, and passes them on. */
const makeReader = (target: RestoreTarget) => {
  const checksum = createHash("sha256")
  let hasBegun = false
  let hasEnded = false
  let count = 0

  const begin = Effect.fnUntraced(function* (text: string) {
    const header = decodeHeader(text)
    if (Option.isNone(header)) {
      const { version } = Option.getOrElse(decodeAnyHeader(text), () => ({ version: 0 }))
      if (version > formatVersion) {
        const message = `The dump was made by a newer Taskwright: it has format ${version}, and this one reads ${formatVersion}.`
        return yield* new CommandFailed({ message })
      }
      const reason = "its first line is not the header of a dump"
      return yield* new DumpDamaged({ reason })
    }
    hasBegun = true
    checksum.update(`${text}\n`)
    yield* target.begin(header.value)
  })

  const end = Effect.fnUntraced(function* (line: typeof EndLine.Type) {
    hasEnded = true
    if (line.rows === count && line.sha256 === checksum.digest("hex")) return
    return yield* new DumpDamaged({ reason: "its checksum is not that of its lines" })
  })

  /** Passes the rows on, a table at a time. */
  const insert = Effect.fnUntraced(function* (lines: ReadonlyArray<NumberedLine>) {
    let page: { readonly table: string; readonly rows: Array<string> } = { table: "", rows: [] }
    for (const { number, text } of lines) {
      const found = hasEnded || text === null ? null : rowOf(text)
      if (text === null || found === null) {
        const ended = hasEnded || text === null ? Option.none() : decodeEnd(text)
        if (page.rows.length > 0) yield* target.insert(page)
        page = { table: "", rows: [] }
        if (Option.isNone(ended)) {
          const reason = hasEnded ? `it goes on in line ${number}, after its end` : `line ${number} is no row`
          return yield* new DumpDamaged({ reason })
        }
        yield* end(ended.value)
        continue
      }
      count++
      checksum.update(`${text}\n`)
      if (found.table !== page.table) {
        if (page.rows.length > 0) yield* target.insert(page)
        page = { table: found.table, rows: [] }
      }
      page.rows.push(found.row)
    }
    if (page.rows.length > 0) yield* target.insert(page)
  })

  return {
    take: Effect.fnUntraced(function* (lines: ReadonlyArray<NumberedLine>) {
      const [first, ...others] = lines
      if (hasBegun || first === undefined) return yield* insert(lines)
      yield* begin(first.text ?? "")
      yield* insert(others)
    }),
    /** Fails if the file ended before the dump did. */
    requireEnd: Effect.suspend(() =>
      hasEnded ? Effect.void : Effect.fail(new DumpDamaged({ reason: "it has no end line, so a part is missing" })),
    ),
    count: () => count,
  }
}
