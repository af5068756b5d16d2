/** Holds the commands of undo, history and the trash to the same effects on both backends. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { ChangeResource } from "../../../adapters/http/api/v1/ChangeResource.ts"
import type { TaskResource } from "../../../adapters/http/api/v1/TaskResource.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"

const password = "Correct Horse 1\n"

interface History {
  readonly data: ReadonlyArray<ChangeResource>
  readonly next_cursor: string | null
  readonly complete?: boolean
}

describe.each(backends)("on the %s backend", (backend) => {
  let line: CommandLine
  beforeEach(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
  })
  afterEach(() => line.stop())

  const add = async (title: string) => (await line.json<{ task: TaskResource }>(["add", title])).task
  const titles = async () =>
    (
      await line.json<{ data: ReadonlyArray<TaskResource> }>([
        "list",
        "--all",
        "--sort",
        "created_at",
        "--order",
        "asc",
      ])
    ).data.map(({ title }) => title)
  const historyOf = (...args: ReadonlyArray<string>) => line.json<History>(["history", ...args])
  const done = async (...args: ReadonlyArray<string>) => {
    const { code, errors, output } = await line.run(args)
    expect(code, errors).toBe(0)
    return output
  }

  it("undo takes back what the session did last, and again what it did before", async () => {
    const [milk, plants] = [await add("Buy milk"), await add("Water the plants")]
    await done("edit", milk.id, "--title", "Buy oat milk", "--priority", "high")
    const deleted = await done("rm", milk.id, plants.id)
    expect(deleted).toMatch(/\nTake it back with: taskwright undo\n$/)

    const first = await done("undo")
    expect(first).toMatch(/^Took back the change of 2 tasks\.\nRedo it with: taskwright undo [0-9a-f-]{36}\n$/)
    expect(await titles()).toStrictEqual(["Buy oat milk", "Water the plants"])
    await done("undo")
    expect(await titles()).toStrictEqual(["Buy milk", "Water the plants"])
    await done("undo")
    expect(await titles()).toStrictEqual(["Buy milk"])
    await done("undo")
    const nothing = await line.run(["undo"])
    expect([nothing.code, nothing.errors]).toStrictEqual([
      3,
      "taskwright: This session has no change to take back. See: taskwright history\n",
    ])

    // The undo of the first deletion is taken back, so that deletion is what the session did last.
    const [, id = ""] = /taskwright undo (\S+)\n$/.exec(first) ?? []
    await done("undo", id)
    const { errors } = await line.run(["undo", id])
    expect(errors).toBe("")
    expect(await done("undo", id)).toBe("Nothing to take back: it was taken back before.\n")
  })

  it("undo takes a change or a batch by its id, whole or in part", async () => {
    const milk = await add("Buy milk")
    await done("edit", milk.id, "--title", "Buy oat milk")
    await done("edit", milk.id, "--priority", "high")
    const [, edited] = (await historyOf(milk.id)).data
    const dry = await line.json<object>(["undo", edited?.id.slice(-8) ?? "", "--dry-run"])
    expect(dry).toMatchObject({ undone: [{ task_id: milk.id, version: 4 }], skipped: [], batch_id: null })
    expect(await done("undo", edited?.batch_id.slice(-8) ?? "", "--dry-run")).toBe(
      "Would take back the change of 1 task.\n",
    )
    expect(await titles()).toStrictEqual(["Buy oat milk"])
    await done("undo", edited?.id ?? "")
    expect(await titles()).toStrictEqual(["Buy milk"])

    for (const [reference, code, message] of [
      ["ffffffff", 3, "No change and no batch has an id that ends with ffffffff."],
      ["ffffffff-ffff-7fff-bfff-ffffffffffff", 3, "There is no such change. See: taskwright history"],
      ["xyz", 2, '"xyz" names no change. Give its id, or the last 4 or more characters of it.'],
    ] as const) {
      const refused = await line.run(["undo", reference])
      expect([refused.code, refused.errors]).toStrictEqual([code, `taskwright: ${message}\n`])
    }
  })

  it("undo names what is in its way, and does the rest if it may be partial", async () => {
    const milk = await add("Buy milk")
    await done("edit", milk.id, "--title", "Buy oat milk", "--priority", "high")
    await done("edit", milk.id, "--title", "Buy soy milk")
    const [, first] = (await historyOf(milk.id)).data
    const refused = await line.run(["undo", first?.id ?? ""])
    expect([refused.code, refused.errors]).toStrictEqual([
      4,
      `taskwright: Nothing was taken back: task ${milk.id.slice(-4)} was changed since (title), by Taskwright CLI. With --partial the rest is taken back.\n`,
    ])
    const asJson = await line.run(["undo", first?.id ?? "", "--json"])
    expect(JSON.parse(asJson.errors).error).toMatchObject({
      code: "undo_conflict",
      blocked: [{ task_id: milk.id, fields: ["title"], reason: "changed", current_version: 3 }],
    })
    const output = await done("undo", first?.id ?? "", "--partial")
    expect(output).toContain(
      `Took back the change of 1 task.\nLeft: task ${milk.id.slice(-4)} was changed since (title), by Taskwright CLI\n`,
    )
    expect(await line.json(["show", milk.id])).toMatchObject({ task: { title: "Buy soy milk", priority: "medium" } })
  })

  it("history prints what was changed, the newest first", async () => {
    await done("category", "add", "home")
    const milk = await add("Buy milk")
    await done("edit", milk.id, "--title", "Buy oat milk", "--due", "2099-12-24 18:00", "--description", "\u001b[31m")
    await done("assign", milk.id, "home")
    await done("start", milk.id)
    await done("rm", milk.id)
    await done("undo")
    const shown = await done("history", milk.id)
    const rows = shown.trim().split("\n")
    expect(rows[0]).toMatch(/^CHANGE +WHEN +WHAT +BY$/)
    for (const [row, what] of [
      "undo: restored",
      "deleted",
      "status: pending -> started",
      "categories: +home",
      "title: Buy milk -> Buy oat milk, description: none -> \\u001b[31m, due: no date -> Thu 24 Dec 2099 18:00",
      "added Buy milk",
    ].entries()) {
      expect(rows[row + 1]).toContain(` ${what} `)
      expect(rows[row + 1]).toMatch(/Taskwright CLI$/)
    }
    const all = await done("history", "--limit", "1")
    expect(all).toMatch(/^CHANGE +WHEN +OF +WHAT +BY\n/)
    expect(all).toContain(` task ${milk.id.slice(-4)} `)
    const [, cursor = ""] = /\nOlder ones: --cursor (\S+)\n$/.exec(all) ?? []
    const rest = await historyOf("--cursor", cursor)
    expect(rest.data.map(({ type }) => type)).toStrictEqual([
      "task.deleted",
      "task.updated",
      "task.updated",
      "task.updated",
      "task.created",
      "category.created",
    ])
  })

  it("history --json prints the resources of the API, also of a task in the trash", async () => {
    const milk = await add("Buy milk")
    await done("rm", milk.id)
    const { complete, data, next_cursor } = await historyOf(milk.id.slice(-8))
    expect([complete, next_cursor]).toStrictEqual([true, null])
    expect(data).toMatchObject([
      { type: "task.deleted", task_id: milk.id, version: 1, changes: [], undoes: null },
      {
        type: "task.created",
        task_id: milk.id,
        actor: { kind: "session", name: "Taskwright CLI" },
        changes: expect.arrayContaining([{ field: "title", from: null, to: "Buy milk" }]),
      },
    ])
    expect((await historyOf()).data).toStrictEqual(data)
    for (const [args, code] of [
      [["history", "ffff"], 3],
      [["history", "--cursor", "1"], 2],
      [["history", "--limit", "201"], 2],
    ] as const) {
      expect((await line.run(args)).code).toBe(code)
    }
  })

  it("trash lists deleted tasks and restores them", async () => {
    const [milk, plants] = [await add("Buy milk"), await add("Water the plants")]
    expect(await done("trash", "list")).toBe("The trash is empty.\n")
    await done("rm", milk.id)
    await done("rm", plants.id)
    const rows = (await done("trash", "list")).trim().split("\n")
    expect(rows[0]).toMatch(/^ID +DELETED +GONE AFTER +TITLE$/)
    expect(rows.slice(1).map((row) => row.replace(/^.* {2}/, ""))).toStrictEqual(["Water the plants", "Buy milk"])
    const first = await done("trash", "list", "--limit", "1")
    const [, cursor = ""] = /taskwright trash list --cursor (\S+)\n$/.exec(first) ?? []
    expect(await line.json(["trash", "list", "--cursor", cursor])).toMatchObject({
      data: [{ ...milk, deleted_at: expect.any(String), purge_at: expect.any(String) }],
      next_cursor: null,
    })

    const restored = await done("trash", "restore", milk.id.slice(-8), plants.id)
    expect(restored).toBe(`Restored ${milk.id} Buy milk\nRestored ${plants.id} Water the plants\n`)
    expect(await titles()).toStrictEqual(["Buy milk", "Water the plants"])
    for (const [reference, code] of [
      [milk.id.slice(-8), 3],
      [milk.id, 4],
      ["ffffffff-ffff-7fff-bfff-ffffffffffff", 3],
      ["1", 2],
    ] as const) {
      expect([reference, (await line.run(["trash", "restore", reference])).code]).toStrictEqual([reference, code])
    }
  })

  it("trash is emptied after a confirmation", async () => {
    const milk = await add("Buy milk")
    await add("Water the plants")
    await done("rm", milk.id)
    const refused = await line.run(["trash", "empty"])
    expect([refused.code, refused.errors]).toStrictEqual([
      2,
      "taskwright: Without a terminal, this needs --yes. It cannot be undone.\n",
    ])
    expect((await line.press(["trash", "empty"], ["enter"])).code).toBe(1)
    expect((await line.json<History>(["trash", "list"])).data).toHaveLength(1)
    expect(await done("trash", "empty", "--yes")).toBe("Destroyed 1 deleted task for good.\n")
    expect(await line.json(["trash", "empty", "--yes"])).toStrictEqual({ purged: 0 })
    expect(await titles()).toStrictEqual(["Water the plants"])
    const { data } = await historyOf()
    expect(data[0]).toMatchObject({ type: "task.purged", task_id: milk.id })
    const expired = await line.run(["undo", data[1]?.id ?? ""])
    expect([expired.code, expired.errors]).toStrictEqual([
      1,
      `taskwright: Nothing was taken back: task ${milk.id.slice(-4)} is gone for good.\n`,
    ])
    const purge = await line.run(["undo", data[0]?.id ?? "", "--json"])
    expect([purge.code, JSON.parse(purge.errors).error.code]).toStrictEqual([1, "not_undoable"])
    // The purge is not what an undo takes back: it is what the session did before.
    await done("undo")
    expect(await titles()).toStrictEqual([])
  })
})
