/** Holds the care for an account to the same effects on both backends. */
import { Context, Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { lastMailedToken, mailedTokens } from "../../support/accounts.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"

const email = "ada@example.com"
const address = EmailAddress.make(email)
const [first, second, third] = ["Correct Horse 1", "Another Horse 2", "Reset Horse 3"]

describe.each(backends)("taskwright account on the %s backend", (backend) => {
  let line: CommandLine
  const account = (args: ReadonlyArray<string>, ...input: ReadonlyArray<string>) =>
    line.run(["account", ...args], `${input.join("\n")}\n`)
  const logIn = async (password: string) => (await line.run(["login", email, "--password-stdin"], `${password}\n`)).code
  const mailedToken = () => Effect.runPromise(Effect.provide(lastMailedToken(address), line.service.context))

  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", email, "--name", "Ada", "--password-stdin"], `${first}\n`)
  })
  afterAll(() => line.stop())

  it("rename changes the name, also of several words", async () => {
    expect((await account(["rename", "Ada", "King"])).output).toBe("Your name is Ada King now.\n")
    expect((await line.run(["whoami"])).output).toContain("Ada King <ada@example.com>")
    expect(await line.json(["account", "rename", "Ada"])).toMatchObject({ user: { full_name: "Ada", email } })
    expect((await account(["rename", " "])).code).toBe(2)
    expect((await account(["rename", "x".repeat(101)])).code).toBe(2)
  })

  it("verify takes the link of the email or its token once, and sends another email without one", async () => {
    const stale = await mailedToken()
    const resent = await account(["verify"])
    expect([resent.code, resent.output]).toEqual([0, `An email with a link is on its way to ${email}.\n`])
    const token = await mailedToken()
    expect(token).not.toBe(stale)
    const refused = await account(["verify", stale])
    expect([refused.code, refused.output]).toEqual([1, ""])
    expect(refused.errors).toContain("taskwright account verify")
    const link = `https://tasks.example.com/verify-email?token=${encodeURIComponent(token)}`
    expect((await account(["verify", link])).output).toBe(`Verified ${email}.\n`)
    expect((await line.run(["whoami"])).output).toContain("(verified)")
    expect((await account(["verify", token])).code).toBe(1)
    expect((await account(["verify"])).output).toBe(`${email} is verified already.\n`)
    for (const wrong of ["", "two words", "x".repeat(5_000), "https://example.com/?token="]) {
      expect((await account(["verify", wrong])).code).toBe(2)
    }
  })

  it("password asks for the current one, ends other sessions, and keeps this one", async () => {
    const wrong = await account(["password", "--password-stdin"], "Wrong Horse 1", second)
    expect([wrong.code, wrong.errors]).toEqual([1, "taskwright: The password is wrong. Nothing was changed.\n"])
    expect((await account(["password", "--password-stdin"], first, "weak")).code).toBe(2)
    expect((await account(["password", "--password-stdin"], first, "Password1")).code).toBe(2)
    expect((await account(["password", "--password-stdin"], first)).code).toBe(2)
    const changed = await account(["password", "--password-stdin"], first, second)
    expect([changed.code, changed.errors]).toEqual([0, ""])
    expect((await line.run(["whoami"])).code).toBe(0)
    expect([await logIn(first), await logIn(second)]).toEqual([5, 0])
    expect(changed.output + wrong.output).not.toContain("Horse")
  })

  it("forgot and reset choose a new password with an email, and end all sessions", async () => {
    const asked = await account(["forgot", " ADA@example.com"])
    expect(asked.output).toBe(
      `If ${email} has an account, an email with a link is on its way. Then run: taskwright account reset\n`,
    )
    const unknown = await account(["forgot", "none@example.com"])
    expect(unknown.output).toBe(asked.output.replace(email, "none@example.com"))
    const token = await mailedToken()
    expect((await account(["reset"], "no token of ours", third)).code).toBe(2)
    expect((await account(["reset"], "AZOlrZLQfFKN", third)).code).toBe(1)
    expect((await account(["reset"], token, "weak")).code).toBe(2)
    expect((await account(["reset"], `https://tasks.example.com/reset-password?token=${token}`, third)).code).toBe(0)
    expect((await account(["reset"], token, third)).code).toBe(1)
    expect((await line.run(["whoami"])).errors).toContain("Your session has ended")
    expect([await logIn(second), await logIn(third)]).toEqual([5, 0])
  })

  it("delete asks for a confirmation and the password, and leaves nothing", async () => {
    expect((await account(["delete", "--password-stdin"], third)).code).toBe(2)
    expect((await account(["delete", "--yes", "--password-stdin"], "Wrong Horse 1")).code).toBe(1)
    const refused = await line.press(["account", "delete"], ["enter"])
    expect([refused.code, refused.errors]).toEqual([1, "taskwright: Nothing was deleted.\n"])
    expect((await line.run(["whoami"])).code).toBe(0)
    const deleted = await account(["delete", "--yes", "--password-stdin"], third)
    expect([deleted.code, deleted.output]).toEqual([0, `Deleted the account Ada <${email}>.\n`])
    expect((await line.run(["logout"])).code).toBe(5)
    expect(await logIn(third)).toBe(5)
    const accounts = Context.get(line.service.context, AccountRepository)
    expect(await Effect.runPromise(accounts.list(null, 10))).toEqual([])
  })
})

describe("taskwright account of the owner of a list", () => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine("local")
    await line.run(["add", "Buy milk"])
  })
  afterAll(() => line.stop())

  it("has no password to change, no address to verify, and no account to delete", async () => {
    for (const args of [["password"], ["verify"], ["delete", "--yes"]]) {
      const { code, errors, output } = await line.run(["account", ...args], `${first}\n${second}\n`)
      expect([code, output], args.join(" ")).toEqual([1, ""])
      expect(errors).toContain("taskwright register EMAIL --name NAME")
    }
    expect((await line.run(["account", "forgot", "owner@taskwright.invalid"])).code).toBe(0)
    const tokens = mailedTokens(EmailAddress.make("owner@taskwright.invalid"))
    expect(await Effect.runPromise(Effect.provide(tokens, line.service.context))).toEqual([])
    expect((await line.json<{ data: ReadonlyArray<object> }>(["list"])).data.length).toBe(1)
  })
})
