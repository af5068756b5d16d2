/** Holds local commands to working without an account, and registration to keeping the tasks. */
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { ownerEmail } from "../../../domain/accounts/Owner.ts"
import { type CommandLine, commandLine } from "./Commands.ts"
import { filesIn } from "./Files.ts"

const password = "Correct Horse 1\n"
const registerAda = ["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"]

describe("taskwright on a new machine", () => {
  let line: CommandLine
  beforeEach(async () => {
    line = await commandLine("local", { isVerifiedEmailRequired: true })
  })
  afterEach(() => line.stop())

  it("adds, lists, completes and takes back without an account, also if addresses must be verified", async () => {
    const added = await line.run(["add", "Buy milk"])
    expect([added.code, added.errors]).toEqual([0, ""])
    expect((await line.run(["list"])).output).toContain("Buy milk")
    expect((await line.run(["done", "1"])).code).toBe(0)
    expect((await line.run(["undo"])).code).toBe(0)
    expect((await line.json<{ data: ReadonlyArray<object> }>(["list"])).data).toMatchObject([{ status: "pending" }])
  })

  it("takes any command first", async () => {
    expect((await line.run(["done", "1"])).code).toBe(3)
    expect((await line.run(["export", "-o", join(line.folder, "tasks.jsonl")])).code).toBe(0)
    const shown = await line.run(["whoami"])
    expect(shown.output).toContain("without an address and a password")
    expect(shown.output).toContain("taskwright register EMAIL")
    expect(shown.output).not.toContain(ownerEmail)
  })

  it("logout opens no list, and the next command opens the list again", async () => {
    expect((await line.run(["logout"])).code).toBe(5)
    await line.run(["add", "Buy milk"])
    expect((await line.run(["logout"])).code).toBe(0)
    expect(filesIn(line.folder).some((path) => path.endsWith("credentials.json"))).toBe(false)
    expect((await line.run(["list"])).output).toContain("Buy milk")
  })

  it("opens the list again after the session of its owner has ended", async () => {
    await line.run(["add", "Buy milk"])
    const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>(["sessions"])
    expect((await line.run(["sessions", "end", data[0]?.id ?? ""])).code).toBe(0)
    const listed = await line.run(["list"])
    expect([listed.code, listed.errors]).toEqual([0, ""])
    expect(listed.output).toContain("Buy milk")
  })

  it("register turns the owner into the account, and keeps the tasks and the session", async () => {
    const { task } = await line.json<{ task: { id: string } }>(["add", "Buy milk"])
    const registered = await line.run(registerAda, password)
    expect(registered.output).toContain("Registered and signed in as Ada Lovelace <ada@example.com>.")
    expect(registered.output).toContain("The tasks of this list belong to the account")
    const users = await line.json<{ data: ReadonlyArray<object> }>(["admin", "users", "list"])
    expect(users.data).toMatchObject([{ email: "ada@example.com" }])
    expect((await line.run(["logout"])).code).toBe(0)
    // It is an account like any other: a password is needed.
    expect((await line.run(["whoami"])).code).toBe(5)
    expect((await line.run(["login", "ada@example.com", "--password-stdin"], password)).code).toBe(0)
    expect((await line.run(["whoami"])).output).toContain("Ada Lovelace")
    const { user_id: userId } = task as unknown as { user_id: string }
    expect((await line.json<{ user: { id: string } }>(["whoami"])).user.id).toBe(userId)
    const second = await line.run(["register", "alan@example.com", "--name", "Alan", "--password-stdin"], password)
    expect(second.output).toBe("Registered and signed in as Alan <alan@example.com>.\n")
  })

  it("the owner is shown to an operator without an address, and gets no reset link", async () => {
    await line.run(["add", "Buy milk"])
    const listed = await line.run(["admin", "users", "list"])
    expect(listed.output).toContain("no address yet")
    expect(listed.output).not.toContain(ownerEmail)
    const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>(["admin", "users", "list"])
    const id = data[0]?.id ?? ""
    expect((await line.run(["admin", "users", "show", id])).output).toContain("Email     (no address yet)")
    const link = await line.run(["admin", "users", "reset-link", id])
    expect([link.code, link.output]).toEqual([1, ""])
    expect(link.errors).toContain("taskwright register EMAIL")
    expect((await line.run(["admin", "users", "delete", id, "--yes"])).output).toBe("Deleted the owner of the list.\n")
    expect((await line.run(["list"])).output).toContain("No tasks.")
  })

  it("no client logs in or registers over HTTP as the owner", async () => {
    await line.run(["add", "Buy milk"])
    const typed = { email: ownerEmail, password: "Correct Horse 1", full_name: "Eve" }
    expect((await line.service.ask("POST", "/api/v1/auth/register", { body: typed })).status).toBe(409)
    const { full_name: _name, ...credentials } = typed
    expect((await line.service.ask("POST", "/api/v1/auth/login", { body: credentials })).status).toBe(401)
    // A registration over HTTP does not get the owner's tasks.
    const eve = { ...typed, email: "eve@example.com" }
    expect((await line.service.ask("POST", "/api/v1/auth/register", { body: eve })).status).toBe(201)
    expect((await line.run(["list"])).output).toContain("Buy milk")
  })
})

describe("taskwright in a database with accounts", () => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine("local")
    await line.run(registerAda, password)
    await line.run(["logout"])
  })
  afterAll(() => line.stop())

  it("asks for a login", async () => {
    const refused = await line.run(["add", "Buy milk"])
    expect(refused.code).toBe(5)
    expect(refused.errors).toContain("Run: taskwright login EMAIL (or register)")
  })
})

describe("taskwright with a server", () => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine("remote")
  })
  afterAll(() => line.stop())

  it("asks for a login, although there is no account yet", async () => {
    expect((await line.run(["add", "Buy milk"])).code).toBe(5)
  })
})

describe("taskwright with a shared database", () => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine("local", {}, { isPersonal: false })
  })
  afterAll(() => line.stop())

  it("asks for a login, although there is no account yet", async () => {
    expect((await line.run(["add", "Buy milk"])).code).toBe(5)
  })
})
