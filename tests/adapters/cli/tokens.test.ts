/** Tests the commands of API tokens, and commands that a script runs with a token in place of a login. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import type { TaskResource } from "../../../adapters/http/api/v1/TaskResource.ts"
import type { TokenResource } from "../../../adapters/http/api/v1/TokenResource.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"

interface Created {
  readonly token: TokenResource
  readonly secret: string
}

const password = "Correct Horse 1"
const secretForm = /twk_[0-9A-Za-z]{49}/

const signUp = (cli: CommandLine) =>
  cli.run(["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"], `${password}\n`)
const logIn = (cli: CommandLine) => cli.run(["login", "ada@example.com", "--password-stdin"], `${password}\n`)

const everyFile = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n")

describe.each(backends)("taskwright token on the %s backend", (backend) => {
  let cli: CommandLine
  afterEach(() => cli.stop())

  it("creates a token, shows its secret once, lists it without, and revokes it", async () => {
    cli = await commandLine(backend)
    await signUp(cli)
    const { output } = await cli.run([
      "token",
      "create",
      "nightly",
      "import",
      "--scope",
      "tasks:write",
      "--scope",
      "tasks:read",
    ])
    const [secret = ""] = secretForm.exec(output) ?? []
    expect(output).toMatch(/^Created \S+ nightly import: tasks:read, tasks:write, until .+\n/)
    expect(output).toContain("It is shown only now")
    const listed = await cli.run(["token", "list"])
    expect(listed.output).toContain("nightly import")
    expect(listed.output).toContain(secret.slice(0, 8))
    expect(listed.output).not.toContain(secret.slice(8))
    const { data } = await cli.json<{ data: ReadonlyArray<TokenResource> }>(["token", "list"])
    expect(data).toMatchObject([{ name: "nightly import", scopes: ["tasks:read", "tasks:write"], last_used_at: null }])
    const revoked = await cli.run(["token", "revoke", data[0]?.id.slice(-6) ?? ""])
    expect([revoked.code, revoked.output]).toEqual([0, `Revoked the token ${data[0]?.id} (nightly import).\n`])
    expect((await cli.run(["token", "list"])).output).toBe("No API tokens.\n")
    expect((await cli.run(["token", "revoke", data[0]?.id ?? ""])).code).toBe(3)
    expect(everyFile(cli.folder)).not.toContain(secret.slice(8))
  })

  it("prints the secret alone in a pipe, and the resource with it as JSON", async () => {
    cli = await commandLine(backend)
    await signUp(cli)
    const piped = await cli.pipe(["token", "create", "backup", "--scope", "tasks:read", "--days", "365"])
    expect(piped.output).toMatch(new RegExp(`^${secretForm.source}\n$`))
    const { secret, token } = await cli.json<Created>(["token", "create", "other", "--scope", "webhooks"])
    expect([secret.startsWith(token.prefix), token.name]).toEqual([true, "other"])
    const lines = (await cli.pipe(["token", "list"])).output.split("\n")
    expect(lines[0]?.split("\t").slice(0, 3)).toEqual([token.id, "other", "webhooks"])
  })

  it("refuses wrong usage before it asks anything", async () => {
    cli = await commandLine(backend)
    await signUp(cli)
    for (const args of [
      ["create", "x"],
      ["create", "x", "--scope", "admin"],
      ["create", "x", "--scope", "tasks:read", "--days", "0"],
      ["create", "x", "--scope", "tasks:read", "--days", "366"],
      ["create", "--scope", "tasks:read"],
      ["revoke", "no id"],
    ]) {
      expect([args, (await cli.run(["token", ...args])).code]).toEqual([args, 2])
    }
    expect((await cli.run(["token", "list"])).output).toBe("No API tokens.\n")
  })

  it("signs out everywhere, and revokes the tokens if asked to", async () => {
    cli = await commandLine(backend)
    await signUp(cli)
    await logIn(cli)
    await cli.run(["token", "create", "x", "--scope", "tasks:read"])
    expect((await cli.run(["logout", "--tokens"])).code).toBe(2)
    expect((await cli.run(["logout", "--everywhere"])).output).toBe("Signed out everywhere.\n")
    expect((await cli.run(["token", "list"])).code).toBe(5)
    await logIn(cli)
    expect((await cli.json<{ data: ReadonlyArray<unknown> }>(["sessions"])).data).toHaveLength(1)
    expect((await cli.json<{ data: ReadonlyArray<unknown> }>(["token", "list"])).data).toHaveLength(1)
    await cli.run(["logout", "--everywhere", "--tokens"])
    await logIn(cli)
    expect((await cli.run(["token", "list"])).output).toBe("No API tokens.\n")
  })
})

describe("a script with TASKWRIGHT_TOKEN", () => {
  let cli: CommandLine
  afterEach(() => cli.stop())

  /** Signs up, creates a token, signs out, and sets the token. */
  const withToken = async (...scopes: ReadonlyArray<string>) => {
    cli = await commandLine("remote")
    await signUp(cli)
    const flags = scopes.flatMap((scope) => ["--scope", scope])
    const { secret } = await cli.json<Created>(["token", "create", "a script", ...flags])
    await cli.run(["logout"])
    cli.environment["TASKWRIGHT_TOKEN"] = ` ${secret}\n`
    return secret
  }

  it("works without a login, under the token's name, and stores the token nowhere", async () => {
    const secret = await withToken("tasks:read", "tasks:write", "categories:write")
    const { task } = await cli.json<{ task: TaskResource }>(["add", "Buy milk"])
    expect((await cli.run(["list"])).output).toContain("Buy milk")
    expect((await cli.run(["done", "1"])).code).toBe(0)
    expect((await cli.run(["history", task.id])).output).toContain("a script")
    expect((await cli.run(["undo"])).code).toBe(0)
    expect(everyFile(cli.folder)).not.toContain(secret.slice(8))
  })

  it("exports and imports: its export names the account, so that nothing is doubled", async () => {
    await withToken("tasks:read", "tasks:write", "categories:write")
    await cli.run(["add", "Buy milk"])
    const file = join(cli.folder, "tasks.jsonl")
    expect((await cli.run(["export", "-o", file])).code).toBe(0)
    const [task] = (await cli.json<{ data: ReadonlyArray<TaskResource> }>(["list"])).data
    expect(JSON.parse(readFileSync(file, "utf8").split("\n")[0] ?? "")).toMatchObject({ user_id: task?.user_id })
    expect((await cli.run(["import", file])).code).toBe(0)
    expect((await cli.json<{ data: ReadonlyArray<unknown> }>(["list"])).data).toHaveLength(1)
  })

  it("is told which scope the token lacks, and what needs a login", async () => {
    const secret = await withToken("tasks:write")
    const runs = [
      { args: ["list"], code: "insufficient_scope", says: "tasks:read" },
      { args: ["whoami"], code: "session_required", says: "taskwright login" },
      { args: ["token", "list"], code: "session_required", says: "Unset TASKWRIGHT_TOKEN" },
      { args: ["trash", "empty", "--yes"], code: "session_required", says: "taskwright login" },
    ]
    for (const { args, code, says } of runs) {
      const ran = await cli.run([...args, "--json"])
      expect([args, ran.code, JSON.parse(ran.errors).error.code]).toEqual([args, 1, code])
      expect(ran.errors).toContain(says)
      expect(ran.errors).not.toContain(secret)
    }
  })

  it("is told that a revoked or mistyped token is refused, with the exit code of a missing login", async () => {
    const secret = await withToken("tasks:read")
    for (const wrong of [`${secret.slice(0, -1)}_`, `${secret}0`, "nonsense"]) {
      cli.environment["TASKWRIGHT_TOKEN"] = wrong
      const ran = await cli.run(["list", "--json"])
      expect([ran.code, JSON.parse(ran.errors).error.code]).toEqual([5, "token_refused"])
      expect(ran.errors).not.toContain(wrong)
    }
    cli.environment["TASKWRIGHT_TOKEN"] = "two words"
    const ran = await cli.run(["list"])
    expect([ran.code, ran.errors]).toEqual([2, expect.stringContaining("TASKWRIGHT_TOKEN holds no token")])
    cli.environment["TASKWRIGHT_TOKEN"] = ""
    expect((await cli.run(["list"])).code).toBe(5)
  })

  it("names its server in TASKWRIGHT_URL, and without a server does nothing to the local database", async () => {
    cli = await commandLine("local")
    await signUp(cli)
    const { secret } = await cli.json<Created>(["token", "create", "a script", "--scope", "tasks:write"])
    cli.environment["TASKWRIGHT_TOKEN"] = secret
    const local = await cli.run(["add", "Buy milk"])
    expect([local.code, local.output]).toEqual([2, ""])
    expect(local.errors).toContain("TASKWRIGHT_TOKEN is for a server")
    expect(local.errors).not.toContain(secret)
    cli.environment["TASKWRIGHT_URL"] = cli.service.url
    expect((await cli.run(["add", "Buy bread"])).code).toBe(0)
    delete cli.environment["TASKWRIGHT_URL"]
    delete cli.environment["TASKWRIGHT_TOKEN"]
    const { data } = await cli.json<{ data: ReadonlyArray<TaskResource> }>(["list"])
    expect(data.map(({ title }) => title)).toEqual(["Buy bread"])
  })
})
