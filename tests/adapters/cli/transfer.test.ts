/** Holds export and import to every task once, also after interruptions and conflicts. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { Effect } from "effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { now } from "../../../application/shared/Now.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { limit, makeQuery, makeTask } from "../../support/entities.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { exportOf, linesOf, withoutIds } from "./Exports.ts"
import { filesIn } from "./Files.ts"

const signIn = (line: CommandLine, email: string) =>
  line.run(["register", email, "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")

const journalOf = (line: CommandLine): string => {
  const journals = filesIn(join(line.folder)).filter((path) => path.includes("imports") && path.endsWith(".jsonl"))
  return journals.at(-1) ?? ""
}

describe.each(backends)("export and import on the %s backend", (backend) => {
  let line: CommandLine
  const file = (name: string) => join(line.folder, name)
  const exported = async (): Promise<ReadonlyArray<unknown>> => {
    assert.equal((await line.run(["export", "-o", file("out.jsonl"), "--force"])).code, 0)
    return withoutIds(linesOf(readFileSync(file("out.jsonl"), "utf8")))
  }
  const imports = async (...args: ReadonlyArray<string>) => {
    const ran = await line.run(["import", ...args, "--json"])
    return { ...ran, counts: ran.output === "" ? null : JSON.parse(ran.output) }
  }

  beforeAll(async () => {
    line = await commandLine(backend)
  })
  afterAll(() => line.stop())

  it("gives back what was taken, once, however often it is repeated", async () => {
    await signIn(line, "first@example.com")
    const wanted = exportOf(250)
    writeFileSync(file("in.jsonl"), wanted)
    const dry = await imports(file("in.jsonl"), "--dry-run")
    assert.deepInclude(dry.counts, { dry_run: true, imported: 250, present: 0, refused: 0, categories_created: 3 })
    assert.equal((await line.json<{ total: number }>(["list"])).total, 0)
    const first = await imports(file("in.jsonl"))
    assert.equal(first.code, 0, first.errors)
    assert.deepInclude(first.counts, { imported: 250, present: 0, refused: 0, categories_created: 3 })
    assert.deepEqual(await exported(), withoutIds(linesOf(wanted)))
    const again = await imports(file("in.jsonl"))
    assert.deepInclude(again.counts, { imported: 0, present: 250, categories_created: 0 })
    assert.deepInclude((await imports(file("in.jsonl"), "--dry-run")).counts, { imported: 0, present: 250 })
    // The account's own export finds its tasks there, though no journal lists them.
    const own = await imports(file("out.jsonl"))
    assert.deepInclude(own.counts, { imported: 0, present: 250 })
    assert.deepInclude((await imports(file("out.jsonl"), "--dry-run")).counts, { imported: 0, present: 250 })
    assert.deepEqual(await exported(), withoutIds(linesOf(wanted)))
  })

  it("goes on where it was interrupted, wherever that was", async () => {
    await signIn(line, "second@example.com")
    const wanted = exportOf(30)
    writeFileSync(file("in.jsonl"), wanted)
    await imports(file("in.jsonl"))
    const whole = readFileSync(journalOf(line), "utf8").split("\n").slice(0, -1)
    // As if the process had been killed after each of its journal entries, and in the middle of one.
    for (const kept of [1, 2, 15, 31]) {
      writeFileSync(journalOf(line), `${whole.slice(0, kept).join("\n")}\n${whole[kept]?.slice(0, 20) ?? ""}`)
      const again = await imports(file("in.jsonl"))
      assert.equal(again.code, 0, again.errors)
      assert.deepEqual(await exported(), withoutIds(linesOf(wanted)), `after ${kept} notes`)
    }
  })

  it("names the lines that it cannot import, and imports the others", async () => {
    await signIn(line, "third@example.com")
    const lines = exportOf(3).trim().split("\n")
    const broken = lines.map((text) => (text.includes('"Task 1 ') ? text.replace('"Task 1 ', '"T"; "') : text))
    writeFileSync(file("broken.jsonl"), [...broken.slice(0, -1), "", '{"type":"task"}'].join("\n"))
    const { code, counts, errors } = await imports(file("broken.jsonl"))
    assert.equal(code, 1)
    assert.deepInclude(counts, { imported: 2, refused: 2 })
    assert.match(errors, /^line 6: /m)
    assert.match(errors, /^line 9: /m)
    assert.include(errors, "no end line")
    writeFileSync(file("other.jsonl"), '{"type":"end","categories":0,"tasks":0}\n')
    assert.equal((await imports(file("other.jsonl"))).code, 1)
    assert.equal((await imports(file("none.jsonl"))).code, 1)
    writeFileSync(file("long.jsonl"), `${lines[0]}\n"${"x".repeat(200_000)}"\n`)
    assert.include((await imports(file("long.jsonl"))).errors, "Line 2 has more than")
  })

  it("names a task with more categories than a task may have, and imports the others", async () => {
    await signIn(line, "labels@example.com")
    const names = JSON.stringify(Array.from({ length: 101 }, (_, number) => `label ${number}`))
    const lines = exportOf(3).trim().split("\n")
    const many = lines.map((text) =>
      text.includes('"Task 1 ') ? text.replace(/"categories":\[[^\]]*\]/, `"categories":${names}`) : text,
    )
    writeFileSync(file("many.jsonl"), `${many.join("\n")}\n`)
    const { code, counts, errors } = await imports(file("many.jsonl"))
    assert.equal(code, 1)
    assert.deepInclude(counts, { imported: 2, refused: 1, categories_created: 3 })
    assert.match(errors, /^line 6: .*at most 100 categories/m)
  })

  it("reads what an older version let a line hold: control characters, and names in another spelling", async () => {
    await signIn(line, "older@example.com")
    const [title, name] = ["Call\tAda \u001b[1m\u2028soon", "Cafe\u0301 \u0085 home"]
    const older = exportOf(1)
      .replaceAll('"Task 0 🥛"', () => JSON.stringify(title))
      .replaceAll('"home"', () => JSON.stringify(name))
    writeFileSync(file("older.jsonl"), older)
    const { code, counts, errors } = await imports(file("older.jsonl"))
    assert.equal(code, 0, errors)
    assert.deepInclude(counts, { imported: 1, refused: 0, categories_created: 3 })
    const { data } = await line.json<{
      data: ReadonlyArray<{ title: string; categories: ReadonlyArray<{ name: string }> }>
    }>(["list"])
    assert.deepEqual(
      data.map((task) => [task.title, ...task.categories.map((category) => category.name)]),
      [["Call Ada  [1m soon", "Café   home"]],
    )
  })

  it("keeps an overdue date locally; a server refuses it unless it may be left out", async () => {
    await signIn(line, "fourth@example.com")
    const wanted = exportOf(2).replaceAll(/"due_date":(?:null|"[^"]*")/g, '"due_date":"2020-01-01T00:00:00.000Z"')
    writeFileSync(file("overdue.jsonl"), wanted)
    const first = await imports(file("overdue.jsonl"))
    if (backend === "local") {
      assert.equal(first.code, 0)
      assert.deepEqual(await exported(), withoutIds(linesOf(wanted)))
      return
    }
    assert.equal(first.code, 1)
    assert.match(first.errors, /line 5: its due date lies in the past/)
    const second = await imports(file("overdue.jsonl"), "--without-past-due-dates")
    assert.equal(second.code, 0, second.errors)
    const { data } = await line.json<{ data: ReadonlyArray<{ due_date: string | null }> }>(["list"])
    assert.deepEqual(
      data.map(({ due_date }) => due_date),
      [null, null],
    )
  })

  it("imports again what an earlier import made and is gone, and all of it with --again", async () => {
    await signIn(line, "restoring@example.com")
    const wanted = exportOf(6)
    writeFileSync(file("backup.jsonl"), wanted)
    await imports(file("backup.jsonl"))
    const ids = async () => {
      const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>(["list"])
      return data.map(({ id }) => id)
    }
    await line.run(["rm", ...(await ids())])
    const dry = await imports(file("backup.jsonl"), "--dry-run")
    assert.deepInclude(dry.counts, { imported: 6, imported_again: 6, present: 0 })
    const restored = await line.run(["import", file("backup.jsonl")])
    assert.equal(restored.code, 0, restored.errors)
    assert.include(restored.output, "0 were here already; 6 had been imported before and were gone.")
    assert.deepEqual(await exported(), withoutIds(linesOf(wanted)))
    // The same for some of the tasks, with an export of this account too.
    await exported()
    await line.run(["rm", ...(await ids()).slice(0, 2)])
    assert.deepInclude((await imports(file("backup.jsonl"))).counts, { imported: 2, imported_again: 2, present: 4 })
    await line.run(["rm", ...(await ids()).slice(0, 2)])
    assert.isAtLeast((await imports(file("out.jsonl"))).counts.imported, 2)
    const before = (await ids()).length
    assert.deepInclude((await imports(file("backup.jsonl"), "--again", "--dry-run")).counts, {
      imported: 6,
      present: 0,
    })
    assert.deepInclude((await imports(file("backup.jsonl"), "--again")).counts, { imported: 6, present: 0 })
    assert.lengthOf(await ids(), before + 6)
    assert.deepInclude((await imports(file("backup.jsonl"))).counts, { imported: 0, present: 6 })
  })

  it("ends with 1 where a line or the end of the file is missing, and imports the rest", async () => {
    await signIn(line, "missing@example.com")
    const lines = exportOf(6).trim().split("\n")
    const said: Record<string, string> = {
      [lines.filter((_, index) => index !== 5).join("\n")]: "1 line is missing",
      [lines.filter((_, index) => index !== 1 && index !== 5).join("\n")]: "2 lines are missing",
      [lines.slice(0, -1).join("\n")]: "no end line",
      [[...lines.slice(0, -1), ...lines].join("\n")]: "no end line",
      [lines.slice(1).join("\n")]: "line 1: the file does not begin as an export of taskwright does",
      [[...lines, lines[5]].join("\n")]: "line 12: it stands behind the end line",
      "": "holds no export",
      "\n\n": "holds no export",
    }
    for (const [text, words] of Object.entries(said)) {
      writeFileSync(file("part.jsonl"), text)
      for (const options of [["--dry-run"], []]) {
        const { code, errors } = await imports(file("part.jsonl"), ...options)
        assert.equal(code, 1, words)
        assert.include(errors, words)
      }
    }
    assert.equal((await line.json<{ total: number }>(["list"])).total, 6)
    // Two complete exports in one file count as complete.
    writeFileSync(file("two.jsonl"), `${exportOf(2)}${exportOf(2)}`)
    assert.equal((await imports(file("two.jsonl"))).code, 0)
  })

  it("imports a task that stands in the file twice once, and counts the repeated line", async () => {
    await signIn(line, "twice@example.com")
    const lines = exportOf(120).trim().split("\n")
    // The first is far from its repetition, in another batch.
    const repeated = [...lines.slice(0, -1), lines[4], lines.at(-2), '{"type":"end","categories":3,"tasks":122}']
    writeFileSync(file("twice.jsonl"), repeated.join("\n"))
    for (const options of [["--dry-run"], []]) {
      const { code, counts, errors } = await imports(file("twice.jsonl"), ...options)
      assert.equal(code, 0, errors)
      assert.deepInclude(counts, { imported: 120, present: 0, repeated: 2 })
    }
    assert.include((await line.run(["import", file("twice.jsonl")])).output, "2 lines repeated a task")
  })

  it("refuses bytes that are not UTF-8 by their lines, and what is no UTF-8 at all", async () => {
    await signIn(line, "bytes@example.com")
    const text = exportOf(3)
    const latin = Buffer.from(text.replace("Task 1 🥛", "T\u00e4sk 1"), "latin1")
    writeFileSync(file("latin.jsonl"), latin)
    const { code, counts, errors } = await imports(file("latin.jsonl"))
    assert.equal(code, 1)
    assert.match(errors, /^line 6: it is not UTF-8$/m)
    assert.deepInclude(counts, { refused: 1, imported: 2 })
    writeFileSync(file("marked.jsonl"), `\ufeff${text.replaceAll("\n", "\r\n")}`)
    assert.deepInclude(await imports(file("marked.jsonl")), { code: 0 })
    const big = Buffer.from(text, "utf16le").swap16()
    for (const bytes of [
      Buffer.from(text, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le"),
      big,
      Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
    ]) {
      writeFileSync(file("wide.jsonl"), bytes)
      const wide = await line.run(["import", file("wide.jsonl")])
      assert.equal(wide.code, 1)
      assert.equal(wide.errors, "taskwright: The file is UTF-16 or UTF-32. Save it as UTF-8, and import that.\n")
    }
    writeFileSync(file("packed.jsonl.gz"), gzipSync(text))
    assert.include((await line.run(["import", file("packed.jsonl.gz")])).errors, "gunzip")
  })

  it("says of a newer format that a newer Taskwright made it, and imports nothing", async () => {
    await signIn(line, "newer@example.com")
    writeFileSync(file("newer.jsonl"), exportOf(2).replace('"version":1', '"version":2,"checksum":"x"'))
    const { code, errors } = await line.run(["import", file("newer.jsonl")])
    assert.equal(code, 1)
    assert.match(errors, /^taskwright: The file was made by a newer Taskwright[^\n]*\n$/)
    assert.equal((await line.json<{ total: number }>(["list"])).total, 0)
  })

  it("keeps when a task was made locally; a server makes it now", async () => {
    await signIn(line, "old@example.com")
    const at = "2020-02-03T04:05:06.000Z"
    writeFileSync(file("old.jsonl"), exportOf(3).replaceAll(/"created_at":"[^"]*"/g, `"created_at":"${at}"`))
    assert.equal((await imports(file("old.jsonl"))).code, 0)
    const { data } = await line.json<{ data: ReadonlyArray<{ created_at: string; updated_at: string }> }>(["list"])
    assert.lengthOf(data, 3)
    for (const { created_at, updated_at } of data) {
      assert.equal(created_at === at, backend === "local")
      assert.isAbove(Date.parse(updated_at), Date.parse(at))
    }
  })

  it("does not overwrite a file unless told", async () => {
    await signIn(line, "fifth@example.com")
    assert.equal((await line.run(["export", "-o", file("new.jsonl")])).code, 0)
    const refused = await line.run(["export", "-o", file("new.jsonl")])
    assert.equal(refused.code, 1)
    assert.include(refused.errors, "is there already")
    assert.equal((await line.run(["export", "-o", join(line.folder, "no", "where")])).code, 1)
  })

  it.each([0, 50])("misses no task and gives none twice when 50 are deleted and %i made meanwhile", async (count) => {
    await signIn(line, `deleting${count}@example.com`)
    const { user } = await line.json<{ user: { id: UserId } }>(["whoami"])
    writeFileSync(file("many.jsonl"), exportOf(450))
    await imports(file("many.jsonl"))
    const repository = await Effect.runPromise(
      Effect.provideContext(
        Effect.map(TaskRepository, (found) => found),
        line.service.context,
      ),
    )
    const { list } = repository
    const { data: doomed } = await Effect.runPromise(list(user.id, makeQuery({ order: "asc", limit: limit(50) })))
    const makeLast = Effect.flatMap(now, (createdAt) => repository.insert(makeTask(user.id, { createdAt })))
    // Without the export's knowledge, after it has read two pages.
    const interfere = Effect.promise(() => line.run(["rm", ...doomed.map(({ id }) => id)])).pipe(
      Effect.andThen(Effect.replicateEffect(makeLast, count)),
    )
    let calls = 0
    Object.assign(repository, {
      list: (...args: Parameters<typeof list>) =>
        Effect.suspend(() => (++calls === 3 ? Effect.andThen(interfere, list(...args)) : list(...args))),
    })
    assert.equal((await line.run(["export", "-o", file("moving.jsonl"), "--force"])).code, 0)
    Object.assign(repository, { list })
    const ids = linesOf(readFileSync(file("moving.jsonl"), "utf8")).flatMap(({ id, title }) =>
      title === undefined ? [] : (id ?? []),
    )
    assert.equal(ids.length, 450 + count)
    assert.equal(new Set(ids).size, 450 + count)
  })
})

it("an import waits for the rate limit of a server, and then goes on", async () => {
  const line = await commandLine("remote", { userLimit: { limit: 20, windowMillis: 5_000 } })
  await signIn(line, "ada@example.com")
  writeFileSync(join(line.folder, "in.jsonl"), exportOf(12))
  const { code, errors, output } = await line.run(["import", join(line.folder, "in.jsonl")])
  assert.equal(code, 0, errors)
  assert.include(output, "Imported 12 tasks")
  await line.stop()
})
