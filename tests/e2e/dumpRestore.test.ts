/** Holds the commands dump and restore to moving an installation whole, and to leaving nothing half. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import * as embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { run, runScript, start } from "../support/commandLine.ts"
import { everyRow, fillEveryTable, tableNames } from "../support/everyTable.ts"
import { describeOnPostgres, emptyDatabase } from "../support/postgres.ts"
import { prepareFolder } from "../support/preparedFolder.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-dump-"))
const file = join(folder, "dump.jsonl")
const source = join(folder, "data")
const common = { TASKWRIGHT_CONFIG_DIR: join(folder, "config") }
const scope = Scope.makeUnsafe()

const inFolder = (dataDir: string) => ({ ...common, DATA_DIR: dataDir })
const onServer = (url: string) => ({ ...inFolder(join(folder, "unused")), DATABASE_URL: url })
const newServer = async () => Redacted.value(await Effect.runPromise(Scope.provide(emptyDatabase(), scope)))

const read = <A, E>(url: string, effect: Effect.Effect<A, E, PgClient.PgClient>) =>
  Effect.runPromise(Effect.provide(effect, PostgresClient.layer({ url: Redacted.make(url), maxConnections: 2 })))
const readFolder = <A, E>(dataDir: string, effect: Effect.Effect<A, E, PgClient.PgClient>) =>
  Effect.runPromise(Effect.provide(effect, embedded.layer({ dataDir })))

afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(folder, { recursive: true, force: true })
})

describeOnPostgres("an installation", () => {
  let rows: Effect.Success<typeof everyRow>
  let dump: string
  /** Stays empty: every restore into it is refused or stopped. */
  let emptyUrl: string

  beforeAll(async () => {
    emptyUrl = await newServer()
    await prepareFolder(source)
    rows = await readFolder(source, Effect.andThen(fillEveryTable, everyRow))
    const dumped = await run(["dump", file, "--json"], inFolder(source))
    expect(dumped.code, dumped.errors).toBe(0)
    expect(JSON.parse(dumped.output)).toMatchObject({ file, tables: { accounts: 2, tasks: 1202 } })
    dump = readFileSync(file, "utf8")
  }, 300_000)

  /** Refused with one line, and the database has no table afterwards. */
  const refuses = async (name: string, content: string, line: RegExp) => {
    const path = join(folder, "refused.jsonl")
    writeFileSync(path, content)
    const { code, errors, output } = await run(["restore", path], onServer(emptyUrl))
    expect(errors, name).toMatch(line)
    expect(errors.trimEnd(), name).not.toContain("\n")
    expect(output, name).toBe("")
    expect(code, name).toBe(1)
    expect(await read(emptyUrl, tableNames), name).toStrictEqual([])
  }

  it("moves from the embedded database to PostgreSQL and back, every row of every table", async () => {
    const url = await newServer()
    const there = await run(["restore", file], onServer(url))
    expect(there.code, there.errors).toBe(0)
    expect(there.output).toMatch(/^Restored \d+ rows\.\n$/)
    expect(await read(url, everyRow)).toStrictEqual(rows)

    const back = join(folder, "back")
    const piped = await runScript('"$0" "$1" dump - | DATABASE_URL= "$0" "$1" restore -', {
      ...onServer(url),
      DATA_DIR: back,
    })
    expect(piped.code, piped.errors).toBe(0)
    expect(await readFolder(back, everyRow)).toStrictEqual(rows)

    const again = await run(["restore", file], inFolder(back))
    expect(again.errors).toMatch(/^taskwright: The database is not empty: it has rows in accounts\.[^\n]*\n$/)
    expect(again.code).toBe(1)
    expect(await readFolder(back, everyRow)).toStrictEqual(rows)
  }, 300_000)

  it("is dumped into a file of its owner, with an end line and no control character", async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(dump).toMatch(/\{"type":"end","rows":\d+,"sha256":"[0-9a-f]{64}"\}\n$/)
    expect(dump).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    const taken = await run(["dump", file], inFolder(source))
    expect(taken.errors).toBe(`taskwright: ${file} is there already. Replace it with --force.\n`)
    expect(taken.code).toBe(1)
    expect(readFileSync(file, "utf8")).toBe(dump)
  }, 100_000)

  it("is not restored from a dump that is cut off or has another row", async () => {
    await refuses("no end", dump.slice(0, dump.lastIndexOf('{"type":"end"')), /damaged: it has no end line/)
    await refuses("another value", dump.replace("Task 77", "Task 78"), /damaged: its checksum/)
  }, 100_000)

  it("is neither dumped from a server or from nothing, nor from memory", async () => {
    const cases: ReadonlyArray<[ReadonlyArray<string>, Readonly<Record<string, string>>, number, RegExp]> = [
      [["--server", "http://127.0.0.1:1", "dump", "-"], inFolder(source), 2, /leave out --server/],
      [["restore", file], { ...inFolder(source), TASKWRIGHT_SERVER: "http://127.0.0.1:1" }, 2, /TASKWRIGHT_SERVER/],
      [["dump", "-"], inFolder(join(folder, "mistyped")), 6, /mistyped cannot be used: there is no database in it/],
      [["restore", file], { ...common, DATABASE_URL: "memory:" }, 2, /ends with the command/],
      [["dump", "-"], onServer(emptyUrl), 1, /nothing to dump/],
    ]
    for (const [args, environment, code, line] of cases) {
      const ended = await run(args, environment)
      expect(ended.errors).toMatch(line)
      expect(ended.errors.trimEnd()).not.toContain("\n")
      expect(ended.code).toBe(code)
    }
    expect(existsSync(join(folder, "mistyped"))).toBe(false)
  }, 100_000)

  it("is not half there after Ctrl-C: no file of a dump, and no table of a restore", async () => {
    const target = mkdtempSync(join(folder, "stopped-"))
    const dumping = start(["dump", join(target, "dump.jsonl")], inFolder(source))
    // The draft appears when the command has begun, before it opens the database.
    while (readdirSync(target).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    dumping.child.kill("SIGINT")
    expect((await dumping.ended).code).toBe(130)
    expect(readdirSync(target)).toStrictEqual([])

    const restoring = start(["restore", "-"], onServer(emptyUrl), null)
    restoring.child.stdin?.on("error", () => {}).write(dump.slice(0, -100))
    const isAtWork = () =>
      read(
        emptyUrl,
        Effect.flatMap(
          PgClient.PgClient,
          (sql) =>
            sql`SELECT 1 AS found FROM pg_stat_activity WHERE datname = current_database()
            AND state = 'idle in transaction' AND query LIKE 'INSERT INTO %'`,
        ),
      )
    while ((await isAtWork()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    restoring.child.kill("SIGINT")
    expect((await restoring.ended).code).toBe(130)
    expect(await read(emptyUrl, tableNames)).toStrictEqual([])
  }, 100_000)
})
