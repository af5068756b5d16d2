/** Holds both backends to the actor and the batches that their changes name. */
import { writeFileSync } from "node:fs"
import { Effect } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { exportOf, linesOf, withoutIds } from "./Exports.ts"
import { exportAll, importCounts, pathOf } from "./Transfers.ts"

describe.each(backends)("the history of the %s backend", (backend) => {
  let line: CommandLine
  const start = async (settings: Parameters<typeof commandLine>[1] = {}) => {
    line = await commandLine(backend, settings)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")
  }
  afterEach(() => line.stop())

  /** The changes of the user, the newest first. */
  const changesOf = async () => {
    const { user } = await line.json<{ readonly user: { readonly id: string } }>(["whoami"])
    return Effect.runPromise(
      Effect.provideContext(
        Effect.flatMap(ChangeRepository, ({ readBefore }) => readBefore(UserId.make(user.id), {}, null, 1000)),
        line.service.context,
      ),
    )
  }
  const countBatches = (changes: Awaited<ReturnType<typeof changesOf>>) =>
    new Set(changes.map(({ batchId }) => batchId)).size

  it("has a batch for each command, made by the session of the command", async () => {
    await start()
    await line.run(["add", "Buy milk"])
    await line.run(["add", "Water the plants"])
    const changes = await changesOf()
    const requestId = backend === "local" ? null : expect.any(String)
    const change = { op: "created", actor: { kind: "session", name: "Taskwright CLI" }, requestId }
    expect(changes).toMatchObject([change, change])
    expect(countBatches(changes)).toBe(2)
  })

  it("has one batch for all tasks that a command names", async () => {
    await start()
    for (const title of ["Buy milk", "Water the plants", "Mow the lawn"]) await line.run(["add", title])
    await line.run(["list"])
    for (const [command, op] of [
      ["start", "updated"],
      ["done", "updated"],
      ["rm", "deleted"],
    ] as const) {
      const before = (await changesOf()).length
      const { code, errors, output } = await line.run([command, "1", "2", "3"])
      expect(code, errors).toBe(0)
      expect(output.match(/^(?:Started|Done|Deleted) /gm)).toHaveLength(3)
      const changes = (await changesOf()).slice(0, -before)
      expect(changes.map((change) => change.op)).toStrictEqual([op, op, op])
      expect(countBatches(changes)).toBe(1)
    }
  })

  it("stays the same if one of the tasks is missing or belongs to another user", async () => {
    await start()
    const { task } = await line.json<{ readonly task: { readonly id: string } }>(["add", "Buy milk"])
    await line.run(["register", "eve@example.com", "--name", "Eve", "--password-stdin"], "Correct Horse 1\n")
    await line.run(["add", "Water the plants"])
    await line.run(["list"])
    const before = await changesOf()
    expect(await line.run(["done", "1", "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"])).toMatchObject({
      code: 3,
      errors: expect.stringContaining("no such task"),
    })
    expect(await line.run(["start", "1", task.id])).toMatchObject({
      code: 1,
      errors: expect.stringContaining("another user"),
    })
    expect(await changesOf()).toStrictEqual(before)
  })

  it("has a batch for each 100 tasks of an import", async () => {
    await start()
    writeFileSync(pathOf(line, "in.jsonl"), exportOf(250))
    expect((await importCounts(line, pathOf(line, "in.jsonl"))).counts).toMatchObject({ imported: 250 })
    const created = (await changesOf()).filter(({ entity }) => entity === "task")
    expect(created.map(({ op }) => op)).toStrictEqual(Array(250).fill("created"))
    // The lines of a batch hold the header and the categories, too.
    expect(countBatches(created)).toBe(3)
  })

  it("has every task of an import, however long they are", async () => {
    await start()
    const text = JSON.stringify("\u0001🪴".repeat(1000))
    const wanted = exportOf(100).replaceAll(/"description":(?:null|"[^"]*")/g, `"description":${text}`)
    writeFileSync(pathOf(line, "in.jsonl"), wanted)
    const { code, counts, errors } = await importCounts(line, pathOf(line, "in.jsonl"))
    expect(code, errors).toBe(0)
    expect(counts).toMatchObject({ imported: 100 })
    expect(await exportAll(line)).toStrictEqual(withoutIds(linesOf(wanted)))
  })
})
