/** Holds the commands to the same effects on the local and the remote backend. */
import { readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { filesIn } from "./Files.ts"

const password = "Correct Horse 1\n"

describe.each(backends)("commands on the %s backend", (backend) => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
  })
  afterAll(() => line.stop())

  it("--json prints the resources of the API", async () => {
    const { task } = await line.json<{ task: Record<string, unknown> }>(["add", "In JSON", "--priority", "low"])
    expect(task).toMatchObject({ title: "In JSON", priority: "low", status: "pending", due_date: null, version: 1 })
    expect(await line.json(["list", "--all", "--sort", "created_at"])).toStrictEqual({
      data: [task],
      total: 1,
      page: 1,
      limit: 20,
    })
    await line.run(["list", "--all", "--sort", "created_at"])
    expect(await line.json(["show", "1"])).toStrictEqual({ task })
    const { task: current } = await line.json<{ task: object }>(["edit", "1", "--priority", "high"])
    const conflict = await line.run(["edit", "1", "--version-seen", "1", "--title", "Other", "--json"])
    expect(conflict.code).toBe(4)
    const { error } = JSON.parse(conflict.errors)
    expect(error).toMatchObject({ code: "version_conflict", current, changed_fields: ["priority"], mergeable: true })
    await line.run(["rm", "1"])
  })

  it("a category is found by its name in NFC and in NFD", async () => {
    const name = "Café".normalize("NFC")
    expect((await line.run(["category", "add", name.normalize("NFD")])).code).toBe(0)
    for (const form of ["NFC", "NFD"]) {
      const added = await line.json<{ task: { categories: ReadonlyArray<{ name: string }> } }>([
        ...["add", "Drink coffee", "--category", name.normalize(form)],
      ])
      expect(added.task.categories.map((category) => category.name)).toStrictEqual([name])
    }
    for (const number of ["2", "1"]) await line.run(["rm", number])
    expect((await line.run(["category", "rm", name.normalize("NFD")])).code).toBe(0)
  })

  it("control characters in texts are rejected or escaped", async () => {
    for (const control of ["\u001b[31mred", "\u0007", "\u009b2J", "\u0085"]) {
      const refused = await line.run(["add", `Nasty ${control}`])
      expect(refused.code).toBe(2)
      expect(refused.errors).toContain("The title must not contain control characters or line breaks")
    }
    const title = "Nasty \u2067\u202eback"
    const description = "\u001b[31mred\u0007 \u009b2J"
    expect((await line.run(["add", title, "--description", description])).code).toBe(0)
    const shown = await line.run(["list", "--all", "--sort", "created_at"])
    const json = await line.run(["list", "--all", "--sort", "created_at", "--json"])
    const whole = await line.run(["show", "1"])
    for (const { output } of [shown, json, whole]) expect(output).not.toMatch(/[\u001b\u0007\u009b\u202e\u2067]/)
    expect(shown.output).toContain("\\u202eback")
    expect(whole.output).toContain("\\u001b[31mred")
    expect(JSON.parse(json.output).data[0].title).toBe(title)
    await line.run(["rm", "1"])
  })

  it("edit prints what changed on a conflict, and --retry keeps the other change", async () => {
    const { task } = await line.json<{ task: { id: string } }>(["add", "Shared task"])
    await line.run(["list", "--all", "--sort", "created_at"])
    // By id the command changes the current task. By number it changes the version that the earlier list showed.
    const list = filesIn(line.folder).find((path) => path.includes("/lists/") && path.endsWith(".json")) ?? ""
    const before = readFileSync(list)
    await line.run(["edit", task.id, "--priority", "high"])
    writeFileSync(list, before)
    const refused = await line.run(["edit", "1", "--title", "My title"])
    expect(refused.code).toBe(4)
    expect(refused.errors).toContain("priority: medium -> high")
    const retried = await line.run(["edit", "1", "--title", "My title", "--retry"])
    expect(retried.code).toBe(0)
    const { output } = await line.run(["show", "1"])
    expect(output).toMatch(/My title\n[\s\S]*Priority +high/)
    await line.run(["rm", "1"])
  })
})
