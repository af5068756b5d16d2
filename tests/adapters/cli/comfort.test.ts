/** Holds what makes typing easier to the same effects on both backends: aliases, words, parts of titles, `today`. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { keepTask } from "../../support/entities.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"

interface TaskJson {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly priority: string
  readonly due_date: string | null
  readonly categories: ReadonlyArray<{ readonly name: string }>
}

const dayMillis = 24 * 60 * 60 * 1000

describe.each(backends)("comfort on the %s backend", (backend) => {
  let line: CommandLine
  let userId: UserId
  const tasks = async (...args: ReadonlyArray<string>) =>
    (await line.json<{ data: ReadonlyArray<TaskJson> }>(args)).data
  const add = async (...args: ReadonlyArray<string>) => (await line.json<{ task: TaskJson }>(["add", ...args])).task

  beforeAll(async () => {
    line = await commandLine(backend)
    const registration = ["register", "ada@example.com", "--name", "Ada", "--password-stdin"]
    await line.run(registration, "Correct Horse 1\n")
    userId = UserId.make((await line.json<{ user: { id: string } }>(["whoami"])).user.id)
    for (const name of ["home", "work"]) await line.run(["category", "add", name])
  })
  afterAll(() => line.stop())

  it("new, ls, complete and delete are other names of add, list, done and rm", async () => {
    expect((await line.run(["new", "Buy milk"])).output).toMatch(/^Added /)
    expect((await line.run(["ls"])).output).toContain("Buy milk")
    expect((await line.run(["complete", "1"])).output).toMatch(/^Done /)
    expect((await line.run(["delete", "1"])).output).toMatch(/^Deleted /)
  })

  it("the help of all commands shows the first steps", async () => {
    const { code, output } = await line.run(["--help"])
    expect(code).toBe(0)
    expect(output).toContain("taskwright add Buy milk --due today")
  })

  it("add takes several words without quotes, with flags between them", async () => {
    expect((await add("Buy", "oat", "--priority", "high", "milk")).title).toBe("Buy oat milk")
    expect((await line.run(["add", "Buy", "--", "-1", "kg", "of", "flour"])).output).toMatch(/Buy -1 kg of flour$/m)
    expect((await line.run(["add"])).code).toBe(2)
    expect((await line.run(["add", "", " "])).code).toBe(2)
  })

  it("add --parse takes the due date, the priority and the categories out of the title", async () => {
    const parsed = await add("--parse", "Pay", "rent", "2031-12-24", "p1", "@home", "--category", "work")
    expect(parsed).toMatchObject({ title: "Pay rent", priority: "high" })
    expect(parsed.due_date).toMatch(/^2031-12-2/)
    expect(parsed.categories.map(({ name }) => name)).toStrictEqual(["home", "work"])
    // Without the flag, all of it is the title.
    expect(await add("Pay rent 2031-12-24 p1 @home")).toMatchObject({ title: "Pay rent 2031-12-24 p1 @home" })
  })

  it("add --parse refuses what is said twice, unknown or ambiguous, and creates nothing", async () => {
    const before = (await tasks("list")).length
    const said = await line.run(["add", "--parse", "Pay rent tomorrow p1", "--due", "fri", "--priority", "low"])
    expect([said.code, said.errors]).toEqual([
      2,
      "taskwright: The title says it already: leave out --due and --priority.\n",
    ])
    expect((await line.run(["add", "--parse", "Pay rent @nowhere"])).code).toBe(3)
    expect((await line.run(["add", "--parse", "Pay rent next friday"])).code).toBe(2)
    expect((await line.run(["add", "--parse", "tomorrow p1"])).code).toBe(2)
    expect((await line.run(["add", "--parse", "Pay rent 2020-01-01"])).code).toBe(1)
    expect((await tasks("list")).length).toBe(before)
  })

  it("today lists open tasks that are overdue or due today, the longest overdue first", async () => {
    expect((await line.run(["today"])).output).toBe("Nothing is due today.\n")
    const past = (days: number) => fromMillis(Date.now() - days * dayMillis)
    const keep = (fields: Parameters<typeof keepTask>[1]) =>
      Effect.runPromise(Effect.provide(keepTask(userId, fields), line.service.context))
    const yesterday = await keep({ dueDate: past(1) })
    const longAgo = await keep({ dueDate: past(9), status: "in_progress" })
    await keep({ dueDate: past(2), status: "completed" })
    await add("Tomorrow", "--due", "tomorrow")
    const now = await add("Now", "--due", "today")
    expect((await tasks("today")).map(({ id }) => id)).toStrictEqual([longAgo.id, yesterday.id, now.id])
    const shown = await line.run(["today"])
    expect(shown.output).toMatch(/2 overdue, 1 due today\n$/)
    expect((await line.run(["done", "3"])).output).toContain("Now")
    expect((await line.run(["today"])).output).toMatch(/2 overdue\n$/)
  })

  it("usage errors are JSON with --json, with what may have been meant", async () => {
    const wrong = await line.run(["lst", "--json"])
    expect([wrong.code, wrong.output]).toEqual([2, ""])
    expect(JSON.parse(wrong.errors)).toStrictEqual({
      error: {
        code: "invalid_usage",
        message: 'Unknown subcommand "lst" for "taskwright"',
        suggestions: ["list", "ls"],
      },
    })
    for (const args of [
      ["list", "--nonsense"],
      ["show"],
      ["list", "--limit", "x"],
      ["add", "Buy milk", "--priority", "urgent"],
    ]) {
      const { code, errors, output } = await line.run([...args, "--json"])
      expect([code, output], args.join(" ")).toEqual([2, ""])
      expect(JSON.parse(errors).error.code).toMatch(/^invalid_/)
      expect(JSON.parse(errors).error.message).not.toBe("")
    }
    const help = await line.run(["list", "--help", "--json"])
    expect([help.code, help.errors]).toEqual([0, ""])
  })

  it.each([
    ["udno", "undo"],
    ["delte", "delete"],
    ["remove", "rm"],
    ["revert", "undo"],
    ["tasks", "list"],
    ["overdue", "today"],
    ["signup", "register"],
  ])("suggests for %s the command %s", async (typed, meant) => {
    const { code, errors } = await line.run([typed])
    expect(code).toBe(2)
    expect(errors).toMatch(new RegExp(`Did you mean this\\?\\s+${meant}\\b`))
  })
})

describe.each(backends)("lists in a pipe on the %s backend", (backend) => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine(backend)
    const registration = ["register", "ada@example.com", "--name", "Ada", "--password-stdin"]
    await line.run(registration, "Correct Horse 1\n")
  })
  afterAll(() => line.stop())

  const cellsOf = (output: string) => output.split("\n").map((row) => row.split("\t"))

  it("print nothing if they are empty", async () => {
    for (const args of [["list"], ["today"], ["category", "list"], ["trash", "list"], ["history"]]) {
      expect(await line.pipe(args), args.join(" ")).toEqual({ code: 0, output: "", errors: "" })
    }
  })

  it("print a task as id, status, priority, due date, title and categories, and no header", async () => {
    for (const name of ["home", "work"]) await line.run(["category", "add", name])
    const flags = ["--due", "2031-12-24T18:00:00Z", "--category", "work", "--category", "home"]
    await line.run(["add", "Buy milk", ...flags])
    await line.run(["add", "Call Ada", "--status", "in_progress", "--priority", "high"])
    const { data } = await line.json<{ data: ReadonlyArray<TaskJson> }>([
      "list",
      "--sort",
      "created_at",
      "--order",
      "asc",
    ])
    expect(cellsOf((await line.pipe(["list", "--sort", "created_at", "--order", "asc"])).output)).toStrictEqual([
      [data[0]?.id, "pending", "medium", "2031-12-24T18:00:00.000Z", "Buy milk", "home, work"],
      [data[1]?.id, "in_progress", "high", "", "Call Ada", ""],
      [""],
    ])
    const ids = cellsOf(
      (await line.pipe(["list", "--limit", "1", "--sort", "created_at", "--order", "asc"])).output,
    ).map(([id]) => id)
    expect(ids).toStrictEqual([data[0]?.id, ""])
  })

  it("print whole ids and times in UTC in the other lists", async () => {
    const uuid = /^[0-9a-f]{8}-/
    const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/
    const { data } = await line.json<{ data: ReadonlyArray<TaskJson> }>(["list", "--sort", "created_at"])
    await line.run(["rm", data[0]?.id ?? ""])
    const [[trashed, deleted, purged, title] = []] = cellsOf((await line.pipe(["trash", "list"])).output)
    expect([trashed, title]).toEqual([data[0]?.id, "Call Ada"])
    for (const each of [deleted, purged]) expect(each).toMatch(time)
    const [[change, at, of, what] = []] = cellsOf((await line.pipe(["history"])).output)
    expect(change).toMatch(uuid)
    expect(at).toMatch(time)
    expect([of, what]).toEqual([`task ${data[0]?.id}`, "deleted"])
    const [[name, color, id] = []] = cellsOf((await line.pipe(["category", "list"])).output)
    expect([name, color]).toEqual(["home", ""])
    expect(id).toMatch(uuid)
    const [[session, device, since, used, current] = []] = cellsOf((await line.pipe(["sessions"])).output)
    expect([session, since, used].map((cell) => uuid.test(cell ?? "") || time.test(cell ?? ""))).not.toContain(false)
    expect(device).not.toBe("")
    expect(current).toBe("current")
  })
})

describe("lists in a narrow terminal", () => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine("local")
    for (const name of ["household", "errands"]) await line.run(["category", "add", name, "--color", "#2E7D32"])
    const flags = ["--due", "2031-12-24 18:00", "--priority", "high", "--category", "household"]
    await line.run(["add", "A title that is far too long for a narrow terminal", ...flags])
    await line.run(["add", "日本語の長いタイトルです、とても長い"])
    await line.run(["add", "Gone"])
    await line.run([
      "rm",
      (await line.json<{ data: ReadonlyArray<TaskJson> }>(["list", "--sort", "created_at"])).data[0]?.id ?? "",
    ])
  })
  afterAll(() => line.stop())

  const lists = [["list"], ["today"], ["category", "list"], ["sessions"], ["trash", "list"], ["history"]]
  const narrow = (args: ReadonlyArray<string>, columns: number) => line.run(args, "", undefined, columns)

  it.each([40, 60, 80])("are no wider than %i columns", async (columns) => {
    for (const args of [...lists, ["admin", "users", "list"]]) {
      const { output } = await narrow(args, columns)
      for (const row of output.split("\n")) {
        expect([args.join(" "), row, [...row].length <= columns]).toEqual([args.join(" "), row, true])
      }
    }
  })

  it("keep the number, the due date and the title at 40 columns", async () => {
    const { output } = await narrow(["list", "--all", "--sort", "created_at", "--order", "asc"], 40)
    expect(output.split("\n")[0]).toMatch(/^# +DUE +TITLE$/)
    expect(output).toMatch(/^1 +Wed 24 Dec 2031 18:00 +A title/m)
    expect((await narrow(["list"], 120)).output).toMatch(/^# +ID +STATUS +PRIORITY +DUE +TITLE +CATEGORIES$/m)
  })
})
