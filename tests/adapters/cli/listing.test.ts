/** Holds the lists and searches of tasks to the same effects on both backends. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { keepTask } from "../../support/entities.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"

interface TaskJson {
  readonly title: string
  readonly status: string
}

const dayMillis = 24 * 60 * 60 * 1000
const inDays = (days: number) => fromMillis(Date.now() + days * dayMillis)

describe.each(backends)("lists of tasks on the %s backend", (backend) => {
  let line: CommandLine
  const titles = async (...args: ReadonlyArray<string>) =>
    (await line.json<{ data: ReadonlyArray<TaskJson> }>(args)).data.map(({ title }) => title)

  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")
    const userId = UserId.make((await line.json<{ user: { id: string } }>(["whoami"])).user.id)
    await line.run(["category", "add", "Garden"])
    await line.run(["add", "No due date", "--description", "but words: Äpfel"])
    await line.run(["add", "In two days", "--due", inDays(2), "--priority", "high"])
    await line.run(["add", "In forty days", "--due", inDays(40), "--category", "Garden"])
    await line.run(["add", "Started", "--due", inDays(3), "--status", "in_progress"])
    for (const [title, status, days] of [
      ["Long overdue", "pending", -9],
      ["Overdue", "in_progress", -1],
      ["Done first", "completed", -5],
      ["Done last", "completed", -3],
    ] as const) {
      const at = { createdAt: inDays(-20), updatedAt: inDays(days) }
      const fields = { title: TaskTitle.make(title), status, dueDate: inDays(days), ...at }
      await Effect.runPromise(Effect.provideContext(keepTask(userId, fields), line.service.context))
    }
  })
  afterAll(() => line.stop())

  it("begin with overdue tasks, go by due date, and end with those that have none", async () => {
    const open = ["Long overdue", "Overdue", "In two days", "Started", "In forty days", "No due date"]
    expect(await titles("list")).toStrictEqual(open)
    expect(await titles("list", "--limit", "2", "--page", "2")).toStrictEqual(open.slice(2, 4))
    expect(await titles("list", "--order", "desc")).toStrictEqual([...open.slice(0, 5).reverse(), "No due date"])
  })

  it("have completed tasks with --all, and only these with --done, the last changed first", async () => {
    expect((await titles("list", "--all")).length).toBe(8)
    expect(await titles("list", "--all", "--limit", "3")).toStrictEqual(["Long overdue", "Done first", "Done last"])
    expect(await titles("list", "--done")).toStrictEqual(["Done last", "Done first"])
    expect(await titles("list", "--done", "--sort", "due_date")).toStrictEqual(["Done first", "Done last"])
    expect(await titles("list", "--status", "completed")).toStrictEqual(["Done first", "Done last"])
    for (const flags of [
      ["--all", "--done"],
      ["--done", "--status", "pending"],
    ]) {
      const { code, errors } = await line.run(["list", ...flags])
      expect([code, errors]).toEqual([2, expect.stringContaining("Write only one of")])
    }
  })

  it.each([
    [["in -category:garden"], ["In two days"]],
    [["in", "-priority:high"], ["In forty days"]],
    [["overdue"], ["Long overdue", "Overdue"]],
    [["due<today status:completed"], ["Done first", "Done last"]],
    [["äpfel"], ["No due date"]],
    [["done"], []],
    [
      ["--all", "done"],
      ["Done first", "Done last"],
    ],
    [["due:none or due>+1w"], ["In forty days", "No due date"]],
  ])("take a filter: %j", async (args, expected) => {
    // Text that begins with "-" comes after "--" or inside quotes.
    const rest = args.at(-1)?.startsWith("-priority") ? [args.join(" ")] : args
    expect(await titles("list", ...rest)).toStrictEqual(expected)
  })

  it("take every date of the command in a filter", async () => {
    expect(await titles("list", "due<tomorrow")).toStrictEqual(["Long overdue", "Overdue"])
    const named = new Date(Date.now() + 2 * dayMillis)
    const weekday = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][named.getDay()]
    expect(await titles("list", `due:${weekday}`)).toStrictEqual(["In two days"])
    expect(await titles("list", `due:${weekday},"in 40 days" -milk`)).toStrictEqual(["In two days", "In forty days"])
    expect(await titles("list", 'due<"in 50 hours"')).toStrictEqual(["Long overdue", "Overdue", "In two days"])
  })

  it("say where a filter is wrong", async () => {
    const wrong = await line.run(["list", "äpfel due:soon"])
    expect([wrong.code, wrong.errors]).toEqual([2, expect.stringContaining("(at character 11)")])
    expect((await line.run(["list", "(milk"])).code).toBe(2)
    expect((await line.run(["list", "x".repeat(1001)])).code).toBe(2)
    const { errors } = await line.run(["list", "--json", "status:urgent"])
    expect(JSON.parse(errors).error).toMatchObject({
      code: "invalid_filter",
      message: expect.stringContaining("pending"),
    })
  })

  it("search finds words in titles and descriptions, also of completed tasks", async () => {
    expect(await titles("search", "done")).toStrictEqual(["Done last", "Done first"])
    expect(await titles("search", "ÄPFEL", "words")).toStrictEqual(["No due date"])
    expect(await titles("search", "two days")).toStrictEqual(["In two days"])
    expect(await titles("search", "days two")).toStrictEqual([])
    // A keyword of filters is a word here, and a quote is a character.
    expect((await titles("search", "or")).toSorted()).toStrictEqual(["In forty days", "No due date"])
    expect(await titles("search", '"')).toStrictEqual([])
    expect((await line.run(["search"])).code).toBe(2)
    expect((await line.run(["search", ""])).code).toBe(2)
    expect((await line.run(["search", "two"])).output).toMatch(/^1 .*In two days/m)
    expect((await line.run(["show", "1"])).output).toContain("In two days")
  })
})
