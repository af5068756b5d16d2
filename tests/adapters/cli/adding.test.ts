/** Holds `add` to one task a call, with its categories, on both backends. */
import { readFileSync } from "node:fs"
import { Context, Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { makeQuery } from "../../support/entities.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { filesIn } from "./Files.ts"

const signIn = (line: CommandLine) =>
  line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")

/** Counts the tasks through the repository, without the API and its limits. */
const countTasks = async (line: CommandLine, userId: string): Promise<number> =>
  (await Effect.runPromise(Context.get(line.service.context, TaskRepository).list(UserId.make(userId), makeQuery())))
    .total

describe.each(backends)("taskwright add on the %s backend", (backend) => {
  let line: CommandLine
  let userId: string
  beforeAll(async () => {
    line = await commandLine(backend)
    await signIn(line)
    userId = (await line.json<{ user: { id: string } }>(["whoami"])).user.id
    for (const name of ["home", "work", "garden"]) await line.run(["category", "add", name])
  })
  afterAll(() => line.stop())

  it("creates a task with its categories and its status in one step", async () => {
    const { task } = await line.json<{
      task: { categories: ReadonlyArray<{ name: string }>; status: string; version: number }
    }>([
      "add",
      "Buy milk",
      "--status",
      "in_progress",
      ...["work", "home", "garden", "home"].flatMap((name) => ["--category", name]),
    ])
    expect(task.categories.map(({ name }) => name)).toStrictEqual(["garden", "home", "work"])
    expect(task).toMatchObject({ status: "in_progress", version: 1 })
  })

  it("creates no task if one of its categories is unknown", async () => {
    const before = await countTasks(line, userId)
    const refused = await line.run(["add", "Buy rye", "--category", "home", "--category", "hone"])
    expect(refused.code).toBe(3)
    expect(refused.errors).toContain('You have no category "hone". Did you mean "home"?')
    expect(await countTasks(line, userId)).toBe(before)
  })

  const asFlags = [
    ["add", "-ship it"],
    ["add", "Buy milk", "-ship it"],
    ["add", "-5 apples"],
    ["add", "-vegetables"],
    ["add", "-é"],
    ["add", "--ship it"],
    ["add", "Buy milk", "--description", "-ship it"],
    ["edit", "1", "--title", "-ship it"],
    ["category", "add", "-home"],
    ["category", "rm", "-h home"],
    ["assign", "1", "-home"],
    ["rm", "-h1"],
    ["list", "--category", "-home"],
    ["register", "ada@example.com", "--name", "-hopper"],
    ["--json", "add", "-ship it"],
    ["add", "Buy milk", "--description", "-h"],
    ["edit", "1", "--title", "--help"],
    ["list", "--category", "-h"],
    ["export", "-o", "-h"],
    ["list", "--server", "-h"],
  ]
  it.each(asFlags.map((args) => [args]))("rejects text that would be read as flags: %j", async (args) => {
    const before = await countTasks(line, userId)
    const { code, errors, output } = await line.run(args)
    expect(code, output).toBe(2)
    expect(output).toBe("")
    expect(errors).toContain("Put -- before text that begins with")
    expect(await countTasks(line, userId)).toBe(before)
  })

  it("accepts a title that begins with a dash behind --", async () => {
    for (const title of ["-ship it", "--help", "-h help", "-- dashes"]) {
      const added = await line.run(["add", "--json", "--", title])
      expect(JSON.parse(added.output).task.title).toBe(title)
    }
    const { task } = await line.json<{ task: { id: string; description: string } }>([
      "add",
      "Buy milk",
      "--description=-5 apples",
    ])
    expect(task.description).toBe("-5 apples")
    const { code } = await line.run(["edit", task.id, "--title=-ship it", "--due", "none"])
    expect(code).toBe(0)
  })

  it("prints the help and the version, and accepts flags of one letter", async () => {
    for (const args of [
      ["add", "-h"],
      ["-h"],
      ["add", "--help"],
      ["list", "--json", "-h"],
      ["add", "--due", "fri", "-h"],
      ["-v"],
    ]) {
      const { code, output } = await line.run(args)
      expect([args, code, output !== ""]).toStrictEqual([args, 0, true])
    }
    expect((await line.run(["rm", "-1"])).errors).toContain('"-1" names no task')
    expect((await line.run(["add", "Buy milk", "--urgent"])).errors).toContain("Put -- before text")
  })
})

describe("the rate limit of a server", () => {
  it.each([
    { requests: 4, left: 1, code: 0 },
    { requests: 3, left: 0, code: 6 },
    { requests: 2, left: 0, code: 6 },
  ])("of $requests requests leaves $left task with all its categories", async ({ code, left, requests }) => {
    const line = await commandLine("remote", { userLimit: { limit: requests, windowMillis: 60_000 } })
    await signIn(line)
    const file = filesIn(line.folder).find((path) => path.endsWith("credentials.json")) ?? ""
    const { user_id: userId } = JSON.parse(readFileSync(file, "utf8")) as { user_id: string }
    for (const name of ["home", "work"]) await line.run(["category", "add", name])
    // One request finds both categories, and one creates the task with them.
    const added = await line.run(["add", "Buy milk", "--category", "home", "--category", "work", "--json"])
    expect(added.code).toBe(code)
    expect(await countTasks(line, userId)).toBe(left)
    if (left === 1) expect(JSON.parse(added.output).task.categories).toHaveLength(2)
    await line.stop()
  })
})
