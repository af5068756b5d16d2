/** Holds the administration of users to its effects, its output and its refusal of servers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CommandLine, commandLine } from "./Commands.ts"

interface UserJson {
  readonly id: string
  readonly email: string
  readonly disabled_at: string | null
}

const password = "Correct Horse 1\n"

describe("taskwright admin users", () => {
  let line: CommandLine
  const users = (...args: ReadonlyArray<string>) => line.run(["admin", "users", ...args])
  const usersJson = <A>(...args: ReadonlyArray<string>) => line.json<A>(["admin", "users", ...args])
  const logIn = (email = "ada@example.com", typed = password) => line.run(["login", email, "--password-stdin"], typed)

  beforeAll(async () => {
    line = await commandLine("local")
    for (const email of ["grace@example.com", "alan@example.com", "ada@example.com"]) {
      await line.run(["register", email, "--name", "Ada\u202eLovelace", "--password-stdin"], password)
    }
  })
  afterAll(() => line.stop())

  it("list shows every account in pages", async () => {
    const all = await usersJson<{ data: ReadonlyArray<UserJson>; next: string | null }>("list")
    expect(all.data.map(({ email }) => email)).toEqual(["grace@example.com", "alan@example.com", "ada@example.com"])
    expect(all.next).toBeNull()
    const first = await usersJson<typeof all>("list", "--limit", "2")
    expect(first).toEqual({ data: all.data.slice(0, 2), next: all.data[1]?.id })
    expect(await usersJson("list", "--limit", "2", "--after", first.next ?? "")).toEqual({
      data: all.data.slice(2),
      next: null,
    })
    const text = await users("list", "--limit", "1")
    expect(text.output).toContain(`taskwright admin users list --after ${all.data[0]?.id}`)
    expect(text.output).toContain("Ada\\u202eLovelace")
    expect((await users("list", "--limit", "0")).code).toBe(2)
    expect((await users("list", "--after", "x")).code).toBe(2)
  })

  it("show finds an account by its email address or its id, and fails with 3", async () => {
    const { user } = await usersJson<{ user: UserJson }>("show", " ADA@example.com")
    expect(user).toMatchObject({ email: "ada@example.com", is_active: false, disabled_at: null })
    expect(await usersJson("show", user.id)).toEqual({ user })
    expect((await users("show", user.id)).output).toMatch(/Disabled {2}no/)
    const unknown = await users("show", "none@example.com")
    expect([unknown.code, unknown.errors]).toEqual([3, "taskwright: There is no account none@example.com.\n"])
    expect((await users("show", "ada")).code).toBe(2)
  })

  it("disable ends the sessions and the logins until enable", async () => {
    expect((await logIn()).code).toBe(0)
    expect((await users("disable", "ada@example.com")).output).toContain("Disabled ")
    expect((await line.run(["list"])).errors).toContain("Your session has ended")
    const disabled = await logIn()
    expect(disabled.code).toBe(5)
    expect(disabled.errors).toBe((await logIn("ada@example.com", "Wrong\n")).errors)
    const { user } = await usersJson<{ user: UserJson }>("disable", "ada@example.com")
    expect(user.disabled_at).toEqual(expect.any(String))
    const link = await users("reset-link", "ada@example.com")
    expect([link.code, link.errors]).toEqual([1, "taskwright: The account is disabled. Enable it first.\n"])
    expect((await users("enable", "ada@example.com")).output).toContain("Enabled ")
    expect((await logIn()).code).toBe(0)
  })

  it("reset-link prints a link that sets a new password once", async () => {
    const { output } = await users("reset-link", "ada@example.com")
    const link = new URL(output.trim())
    expect(link.pathname).toBe("/reset-password")
    const reset = () =>
      line.service.ask("POST", "/api/v1/auth/reset-password", {
        body: { token: link.searchParams.get("token"), password: "Another Horse 2" },
      })
    expect([(await reset()).status, (await reset()).status]).toEqual([204, 400])
    expect((await logIn("ada@example.com", "Another Horse 2\n")).code).toBe(0)
  })

  it("delete needs --yes without a terminal, and is final", async () => {
    const refused = await users("delete", "alan@example.com")
    expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining("--yes")])
    const { user } = await usersJson<{ user: UserJson }>("show", "alan@example.com")
    expect(await usersJson("delete", "alan@example.com", "--yes")).toEqual({ deleted: user.id })
    expect((await users("show", user.id)).code).toBe(3)
    expect((await logIn("alan@example.com")).code).toBe(5)
  })

  it("a server cannot be named", async () => {
    const named = await line.run(["--server", line.service.url, "admin", "users", "list"])
    expect([named.code, named.errors]).toEqual([2, expect.stringContaining("--server")])
  })
})
