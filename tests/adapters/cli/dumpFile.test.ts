/** Holds the file of a dump to its format: every fault of it is recognized, and its rows stay text. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { CollectGarbage } from "../../../adapters/cli/transfer/CollectGarbage.ts"
import { dumpTo, restoreFrom } from "../../../adapters/cli/transfer/DumpFile.ts"
import type { LineSink } from "../../../adapters/cli/transfer/LineSink.ts"
import { BackupStore, type RowPage, type StoreContents } from "../../../application/backup/BackupStore.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const contents: StoreContents = {
  schema: "0004_current",
  tables: [
    { name: "accounts", columns: ["id", "name"], rows: 2 },
    { name: "tasks", columns: ["id", "number"], rows: 1 },
  ],
}
const pages: ReadonlyArray<RowPage> = [
  { table: "accounts", rows: ['{"id":1,"name":"\u009b🎉"}', '{"id":2,"name":"{}"}'] },
  // No number of JavaScript has this value.
  { table: "tasks", rows: ['{"id":1,"number":12345678901234567890.10}'] },
]

/** This process holds the modules of all tests, so that a collection takes long. */
const withoutCollections = Effect.provideService(CollectGarbage, Effect.succeed(Effect.void))

/** A store with these rows; an empty one accepts all, and records them. */
const storeWith = (inserted: Array<RowPage>) =>
  Layer.succeed(BackupStore, {
    withSnapshot: (use) => use({ contents, forEachPage: (take) => Effect.forEach(pages, take, { discard: true }) }),
    fillAtomically: (use) => use({ contents, insert: (page) => Effect.sync(() => void inserted.push(page)) }),
  })

const dump = Effect.gen(function* () {
  let text = ""
  const append = (more: string) =>
    Effect.sync(() => {
      text += more
    })
  const sink: LineSink = {
    write: (lines) => append(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    writeText: append,
    finish: Effect.void,
  }
  yield* dumpTo(sink)
  return text
}).pipe(Effect.scoped, withoutCollections, Effect.provide(storeWith([])))

const restore = (content: string | Buffer, inserted: Array<RowPage> = []) =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, "dump.jsonl")
    writeFileSync(path, content)
    return yield* restoreFrom(path)
  }).pipe(Effect.scoped, withoutCollections, Effect.provide(storeWith(inserted)))

describe("the file of a dump", () => {
  it.effect("gives back every row as the same text, but for escaped controls", () =>
    Effect.gen(function* () {
      const inserted: Array<RowPage> = []
      const text = yield* dump
      expect(text).not.toMatch(/[\u0080-\u009f]/)
      expect(yield* restore(text, inserted)).toStrictEqual({ rows: 3, tables: { accounts: 2, tasks: 1 } })
      const [accounts, tasks] = inserted
      expect(accounts?.rows.map((row) => JSON.parse(row))).toStrictEqual(pages[0]?.rows.map((row) => JSON.parse(row)))
      expect(tasks).toStrictEqual(pages[1])
    }),
  )

  it.effect.each<[string, (text: string) => string | Buffer, RegExp]>([
    ["without its end", (text) => text.slice(0, text.lastIndexOf('{"type"')), /damaged: it has no end line/],
    ["cut off within a line", (text) => text.slice(0, text.indexOf('{"id":2') + 3), /damaged: line 3 is no row/],
    ["without a row", (text) => text.split("\n").toSpliced(2, 1).join("\n"), /damaged: its checksum/],
    ["with another value", (text) => text.replace('"id":2', '"id":3'), /damaged: its checksum/],
    ["with another header", (text) => text.replace('"rows":2', '"rows":1'), /damaged: its checksum/],
    ["with broken JSON", (text) => text.replace('"id":2', '"id":'), /damaged: line 3 is no row/],
    ["that goes on", (text) => text + text.split("\n")[1], /damaged: it goes on in line 6, after its end/],
    ["twice in one file", (text) => text + text, /damaged: it goes on in line 6, after its end/],
    ["that is empty", () => "", /damaged: it has no end line/],
    ["that is an export", () => '{"type":"taskwright-export","version":1}\n', /damaged: its first line is not/],
    ["that is not UTF-8", (text) => Buffer.from(text.replace("🎉", "é"), "latin1"), /damaged: line 2 is no row/],
    ["that is compressed", (text) => gzipSync(text), /Restore it by: gunzip < FILE \| taskwright restore -/],
    ["of a newer format", (text) => text.replace('"version":1', '"version":2'), /newer Taskwright: it has format 2/],
    ["of a newer schema", (text) => text.replace("0004_current", "0005_next"), /newer Taskwright: .*0005_next/],
    ["of an older schema", (text) => text.replace("0004_current", "0003_before"), /older Taskwright: .*0003_before/],
  ])("is refused %s, with one line", ([, change, line]) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(restore(change(yield* dump)))
      expect(message).toMatch(line)
      expect(message).not.toContain("\n")
    }),
  )
})
