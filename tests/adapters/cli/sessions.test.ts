/** Holds the command's login, logout and token refresh to one stored session. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { exportOf } from "./Exports.ts"
import { filesIn } from "./Files.ts"

const password = "Correct Horse 1\n"

describe.each(backends)("sessions of the command on the %s backend", (backend) => {
  let line: CommandLine
  const credentialsFile = () => filesIn(line.folder).find((path) => path.endsWith("credentials.json")) ?? ""
  const credentials = (): Record<string, string> => JSON.parse(readFileSync(credentialsFile(), "utf8"))
  /** Acts as if the token's hour had passed. */
  const spoilAccessToken = () => {
    writeFileSync(credentialsFile(), JSON.stringify({ ...credentials(), access_token: "over" }))
  }
  const logIn = () => line.run(["login", "ada@example.com", "--password-stdin"], password)

  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
  })
  afterAll(() => line.stop())

  it("concurrent commands refresh an expired access token once", async () => {
    const before = credentials()
    spoilAccessToken()
    const ended = await Promise.all(Array.from({ length: 6 }, () => line.run(["whoami"])))
    expect(ended.map(({ code, errors }) => [code, errors])).toStrictEqual(Array.from({ length: 6 }, () => [0, ""]))
    expect(credentials()["refresh_token"]).not.toBe(before["refresh_token"])
    expect((await line.run(["whoami"])).code).toBe(0)
    expect((await line.json<{ data: ReadonlyArray<unknown> }>(["sessions"])).data.length).toBe(1)
  })

  it("a revoked session is reported as ended, and logout succeeds", async () => {
    const { data } = await line.json<{ data: ReadonlyArray<{ id: string; current: boolean }> }>(["sessions"])
    const first = credentials()
    expect((await logIn()).code).toBe(0)
    const ended = await line.run(["sessions", "end", data[0]?.id ?? ""])
    expect(ended.code, ended.errors).toBe(0)
    writeFileSync(credentialsFile(), JSON.stringify(first))
    const over = await line.run(["list"])
    expect(over.code).toBe(5)
    expect(over.errors).toContain("Your session has ended")
    expect((await line.run(["list"])).errors).toContain("You are not signed in")
    expect((await logIn()).code).toBe(0)
    const current = await line.json<{ data: ReadonlyArray<{ id: string; current: boolean }> }>(["sessions"])
    await line.run(["sessions", "end", current.data.find((session) => session.current)?.id ?? ""])
    // The session has already been revoked, as the user wants.
    expect((await line.run(["logout"])).code).toBe(0)
    expect((await line.run(["logout"])).code).toBe(5)
  })

  it("a task among hundreds is found by the end of its id", async () => {
    await logIn()
    writeFileSync(join(line.folder, "in.jsonl"), exportOf(350))
    await line.run(["import", join(line.folder, "in.jsonl")])
    for (const page of ["1", "2", "4"]) {
      const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>([
        "list",
        "--all",
        "--limit",
        "100",
        "--page",
        page,
      ])
      const id = data.at(20)?.id ?? ""
      const { code, errors, output } = await line.run(["show", id.slice(-12)])
      expect(code, errors).toBe(0)
      expect(output).toContain(id)
    }
    expect((await line.run(["show", "0193a5ae-3c"])).code).toBe(3)
    expect((await line.run(["show", "ffffffff"])).code).toBe(3)
  })

  it("a login that is locked after wrong passwords exits with 6 and a message", async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await line.run(["login", "ada@example.com", "--password-stdin"], "Wrong Horse 1\n")).code).toBe(5)
    }
    const locked = await logIn()
    expect(locked.code).toBe(6)
    expect(locked.errors).toContain("Too many failed logins")
  })
})
