/** Holds the command's login, logout and token refresh to one stored session. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
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
    assert.deepEqual(
      ended.map(({ code, errors }) => [code, errors]),
      Array.from({ length: 6 }, () => [0, ""]),
    )
    assert.notEqual(credentials()["refresh_token"], before["refresh_token"])
    assert.equal((await line.run(["whoami"])).code, 0)
    assert.equal((await line.json<{ data: ReadonlyArray<unknown> }>(["sessions"])).data.length, 1)
  })

  it("a revoked session is reported as ended, and logout succeeds", async () => {
    const { data } = await line.json<{ data: ReadonlyArray<{ id: string; current: boolean }> }>(["sessions"])
    const first = credentials()
    assert.equal((await logIn()).code, 0)
    const ended = await line.run(["sessions", "end", data[0]?.id ?? ""])
    assert.equal(ended.code, 0, ended.errors)
    writeFileSync(credentialsFile(), JSON.stringify(first))
    const over = await line.run(["list"])
    assert.equal(over.code, 5)
    assert.include(over.errors, "Your session has ended")
    assert.include((await line.run(["list"])).errors, "You are not signed in")
    assert.equal((await logIn()).code, 0)
    const current = await line.json<{ data: ReadonlyArray<{ id: string; current: boolean }> }>(["sessions"])
    await line.run(["sessions", "end", current.data.find((session) => session.current)?.id ?? ""])
    // The session has already been revoked, as the user wants.
    assert.equal((await line.run(["logout"])).code, 0)
    assert.equal((await line.run(["logout"])).code, 5)
  })

  it("a task among hundreds is found by the end of its id", async () => {
    await logIn()
    writeFileSync(join(line.folder, "in.jsonl"), exportOf(350))
    await line.run(["import", join(line.folder, "in.jsonl")])
    for (const page of ["1", "2", "4"]) {
      const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>([
        "list",
        "--limit",
        "100",
        "--page",
        page,
      ])
      const id = data.at(20)?.id ?? ""
      const { code, errors, output } = await line.run(["show", id.slice(-12)])
      assert.equal(code, 0, errors)
      assert.include(output, id)
    }
    assert.equal((await line.run(["show", "0193a5ae-3c"])).code, 3)
    assert.equal((await line.run(["show", "ffffffff"])).code, 3)
  })

  it("a login that is locked after wrong passwords exits with 6 and a message", async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      assert.equal((await line.run(["login", "ada@example.com", "--password-stdin"], "Wrong Horse 1\n")).code, 5)
    }
    const locked = await logIn()
    assert.equal(locked.code, 6)
    assert.include(locked.errors, "Too many failed logins")
  })
})
