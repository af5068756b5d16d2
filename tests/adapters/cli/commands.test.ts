/** Holds the commands to the same effects on the local and the remote backend. */
import { readFileSync, writeFileSync } from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
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
    assert.deepInclude(task, { title: "In JSON", priority: "low", status: "pending", due_date: null, version: 1 })
    assert.deepEqual(await line.json(["list"]), { data: [task], total: 1, page: 1, limit: 20 })
    await line.run(["list"])
    assert.deepEqual(await line.json(["show", "1"]), { task })
    const conflict = await line.run(["edit", "1", "--version-seen", "7", "--title", "Other", "--json"])
    assert.equal(conflict.code, 4)
    assert.deepInclude(JSON.parse(conflict.errors), {
      error: { code: "version_conflict", message: JSON.parse(conflict.errors).error.message, current: task },
    })
    await line.run(["rm", "1"])
  })

  it("a category is found by its name in NFC and in NFD", async () => {
    const name = "Café".normalize("NFC")
    assert.equal((await line.run(["category", "add", name.normalize("NFD")])).code, 0)
    for (const form of ["NFC", "NFD"]) {
      const added = await line.json<{ task: { categories: ReadonlyArray<{ name: string }> } }>([
        ...["add", "Drink coffee", "--category", name.normalize(form)],
      ])
      assert.deepEqual(
        added.task.categories.map((category) => category.name),
        [name],
      )
    }
    for (const number of ["2", "1"]) await line.run(["rm", number])
    assert.equal((await line.run(["category", "rm", name.normalize("NFD")])).code, 0)
  })

  it("control characters in texts are rejected or escaped", async () => {
    for (const control of ["\u001b[31mred", "\u0007", "\u009b2J", "\u0085"]) {
      const refused = await line.run(["add", `Nasty ${control}`])
      assert.equal(refused.code, 2)
      assert.include(refused.errors, "The title must not contain control characters or line breaks")
    }
    const title = "Nasty \u2067\u202eback"
    const description = "\u001b[31mred\u0007 \u009b2J"
    assert.equal((await line.run(["add", title, "--description", description])).code, 0)
    const shown = await line.run(["list"])
    const json = await line.run(["list", "--json"])
    const whole = await line.run(["show", "1"])
    for (const { output } of [shown, json, whole]) assert.notMatch(output, /[\u001b\u0007\u009b\u202e\u2067]/)
    assert.include(shown.output, "\\u202eback")
    assert.include(whole.output, "\\u001b[31mred")
    assert.equal(JSON.parse(json.output).data[0].title, title)
    await line.run(["rm", "1"])
  })

  it("edit prints what changed on a conflict, and --retry keeps the other change", async () => {
    const { task } = await line.json<{ task: { id: string } }>(["add", "Shared task"])
    await line.run(["list"])
    // By id the command changes the current task. By number it changes the version that the earlier list showed.
    const list = filesIn(line.folder).find((path) => path.includes("/lists/") && path.endsWith(".json")) ?? ""
    const before = readFileSync(list)
    await line.run(["edit", task.id, "--priority", "high"])
    writeFileSync(list, before)
    const refused = await line.run(["edit", "1", "--title", "My title"])
    assert.equal(refused.code, 4)
    assert.include(refused.errors, "priority: medium -> high")
    const retried = await line.run(["edit", "1", "--title", "My title", "--retry"])
    assert.equal(retried.code, 0)
    const { output } = await line.run(["show", "1"])
    assert.match(output, /My title\n[\s\S]*Priority +high/)
    await line.run(["rm", "1"])
  })
})
