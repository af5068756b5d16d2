/** Holds `edit` to its dialogue about a task that was changed since, on both backends. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TaskResource } from "../../../adapters/http/api/v1/TaskResource.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"

const password = "Correct Horse 1\n"

interface Shown {
  readonly task: TaskResource
  readonly merged?: object
}

describe.each(backends)("edit of a task that was changed since (%s)", (backend) => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
  })
  afterAll(() => line.stop())

  /** Creates a task, and changes its title, priority and due date in version 2. */
  const changedTask = async () => {
    const added = await line.json<Shown>(["add", "Buy milk", "--due", "2099-12-24"])
    const { id } = added.task
    const theirs = ["--title", "Buy oat milk", "--priority", "high", "--due", "none"]
    expect((await line.run(["edit", id, ...theirs])).code).toBe(0)
    return id
  }
  const edit = (id: string, ...changes: ReadonlyArray<string>) => ["edit", id, "--version-seen", "1", ...changes]
  const taskOf = async (id: string) => (await line.json<Shown>(["show", id])).task

  it("the terminal shows what was changed, and the values in conflict", async () => {
    const id = await changedTask()
    const { code, errors } = await line.press(edit(id, "--title", "Buy rye milk", "--status", "completed"), [])
    expect(code).toBe(130)
    expect(errors).toContain(
      [
        "The task was changed since you saw it:",
        "  title: Buy milk -> Buy oat milk, yours: Buy rye milk",
        "  priority: medium -> high",
      ].join("\n"),
    )
    expect((await taskOf(id)).version).toBe(2)
  })

  it("merge keeps both changes if no field is in conflict", async () => {
    const id = await changedTask()
    const { code, output, shown } = await line.press(edit(id, "--status", "completed"), ["enter"])
    expect([code, output]).toEqual([0, expect.stringMatching(/^Changed .* Buy oat milk\n$/)])
    expect(shown).toContain("merge")
    expect(await taskOf(id)).toMatchObject({ title: "Buy oat milk", priority: "high", status: "completed", version: 3 })
  })

  it("theirs leaves the task as it is now", async () => {
    for (const changes of [
      ["--status", "completed"],
      ["--title", "Buy rye milk", "--status", "completed"],
    ]) {
      const id = await changedTask()
      const { code, output } = await line.press(edit(id, ...changes), ["down", "enter"])
      expect([code, output]).toEqual([0, expect.stringMatching(/^Left .* Buy oat milk\n$/)])
      expect(await taskOf(id)).toMatchObject({ title: "Buy oat milk", status: "pending", version: 2 })
    }
  })

  it("mine writes the values of the command", async () => {
    const id = await changedTask()
    const changes = ["--title", "Buy rye milk", "--status", "completed"]
    expect((await line.press(edit(id, ...changes), ["down", "down", "enter"])).code).toBe(0)
    expect(await taskOf(id)).toMatchObject({ title: "Buy rye milk", priority: "high", status: "completed", version: 3 })
  })

  it("merge asks for each field in conflict, and keeps the rest of both changes", async () => {
    const id = await changedTask()
    const changes = ["--title", "Buy rye milk", "--priority", "low", "--status", "completed"]
    // merge, then theirs for the title and mine for the priority.
    const { code, shown } = await line.press(edit(id, ...changes), ["enter", "enter", "down", "enter"])
    expect(code).toBe(0)
    for (const text of ["Both changed: title, priority.", "Which title?", "Buy oat milk", "Which priority?"]) {
      expect(shown).toContain(text)
    }
    expect(await taskOf(id)).toMatchObject({ title: "Buy oat milk", priority: "low", status: "completed", version: 3 })
  })

  it("the only field of a change is not asked for twice", async () => {
    const id = await changedTask()
    const { shown } = await line.press(edit(id, "--title", "Buy rye milk"), ["down", "enter"])
    expect(shown).not.toContain("merge")
    expect(await taskOf(id)).toMatchObject({ title: "Buy rye milk", version: 3 })
  })

  it("--merge asks only if a field is in conflict, and prints what it kept", async () => {
    const id = await changedTask()
    const merged = await line.run(edit(id, "--status", "completed", "--merge"))
    expect([merged.code, merged.errors]).toEqual([0, ""])
    expect(merged.output).toMatch(/^Changed .* Buy oat milk\nKept what was changed since: title, priority, due\n$/)
    const { task, ...rest } = await line.json<Shown>(edit(id, "--description", "Two bottles.", "--merge"))
    expect(task).toMatchObject({ description: "Two bottles.", version: 4 })
    expect(rest).toEqual({
      merged: { base_version: 1, onto_version: 3, kept: ["title", "status", "priority", "due_date"] },
    })
    expect((await line.press(edit(id, "--priority", "low", "--merge"), ["down", "enter"])).code).toBe(0)
    expect(await taskOf(id)).toMatchObject({ priority: "low", version: 5 })
  })

  it("without a prompt the command exits with 4, and names the fields in conflict", async () => {
    const id = await changedTask()
    for (const merge of [[], ["--merge"]]) {
      const refused = await line.run(edit(id, "--title", "Buy rye milk", "--priority", "low", ...merge))
      expect([refused.code, refused.output]).toEqual([4, ""])
      expect(refused.errors).toContain("in conflict with your change: title, priority.")
      const args = [...edit(id, "--title", "Buy rye milk", "--priority", "low", ...merge), "--json"]
      const { code, errors } = await line.run(args)
      expect([code, JSON.parse(errors).error]).toMatchObject([
        4,
        {
          code: "version_conflict",
          base_version: 1,
          current_version: 2,
          current: { id, title: "Buy oat milk" },
          base: { title: "Buy milk", priority: "medium", due_date: expect.stringMatching(/^2099-12-2/) },
          changed_fields: ["title", "priority", "due_date"],
          conflicting_fields: ["title", "priority"],
          mergeable: false,
        },
      ])
    }
    const other = await line.run(edit(id, "--status", "completed"))
    expect([other.code, other.errors]).toEqual([4, expect.stringContaining("With --merge both are kept.")])
    expect((await taskOf(id)).version).toBe(2)
  })
})
