/** Holds the server and the command to a one-line error about a data folder that they cannot use. */
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { childEnvironment } from "../support/childEnvironment.ts"
import { notRunName } from "../support/notRun.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { programFile } from "../support/programs.ts"
import { startServer } from "../support/serverProcess.ts"

const programs = {
  server: [programFile("server")],
  command: [programFile("cli"), "list"],
  migrate: [programFile("migrate")],
}

const isRoot = process.getuid?.() === 0
/**
 * A user without permissions, if this process may switch to one. Otherwise the current user, with none for other
 * users' files.
 */
const unprivileged = isRoot ? { uid: 65_534, gid: 65_534 } : {}

const root = mkdtempSync(join(tmpdir(), "taskwright-folder-"))
const withDatabase = join(root, "with")
afterAll(() => {
  spawnSync("chmod", ["-R", "u+rwX", root])
  rmSync(root, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly output: string
}

const run = (command: ReadonlyArray<string>, dataDir: string, identity: object = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const [program = "", ...args] = command
    const child = spawn(program, args, {
      env: { ...childEnvironment, HOME: root, PORT: "0", DATA_DIR: dataDir },
      cwd: "/",
      ...identity,
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += String(chunk)
      })
    }
    child.once("close", (code) => resolve({ code, output }))
  })

const expectOneLine = ({ code, output }: Ended, line: RegExp) => {
  expect(output.trimEnd()).toMatch(line)
  expect(output.trimEnd().split("\n")).toHaveLength(1)
  expect(code).not.toBe(0)
  expect(code).not.toBeNull()
}

/** Returns why a command cannot be run that way; null if it can. */
const obstacle = (command: ReadonlyArray<string>, identity: object = {}): string | null => {
  const [program = "", ...args] = command
  const { error, status } = spawnSync(program, args, { cwd: "/", ...identity })
  return status === 0 ? null : `${command.slice(0, 3).join(" ")}: ${error?.message ?? `exit code ${status}`}`
}

const suite = (name: string, absence: string | null, tests: () => void) =>
  absence === null ? describe(name, tests) : describe.skip(notRunName(name, absence), tests)

beforeAll(() => prepareFolder(withDatabase))

const copied = (name: string): string => {
  const folder = join(root, name)
  cpSync(withDatabase, folder, { recursive: true })
  return folder
}

suite(
  "a data folder without the rights to it",
  obstacle([process.execPath, "--check", ...programs.server], unprivileged),
  () => {
    for (const [name, program] of Object.entries(programs)) {
      it(`is told by the ${name} in one line`, async () => {
        chmodSync(root, 0o755)
        const folder = copied(`rights-${name}`)
        for (const mode of [0o500, 0o700]) {
          // In the second round the folder is writable but the database in it is not.
          if (mode === 0o700 && isRoot) spawnSync("chown", [String(unprivileged.uid), folder])
          chmodSync(folder, mode)
          chmodSync(join(folder, "database"), 0o000)
          const ended = await run([process.execPath, ...program], folder, unprivileged)
          expectOneLine(ended, /The data folder .* cannot be used: .*(?:EACCES|denied|not whole)/)
        }
      })
    }
  },
)

/** Mounts the folder read-only in a mount namespace of its own. */
const readOnly = (folder: string, command: ReadonlyArray<string>): ReadonlyArray<string> => [
  "unshare",
  isRoot ? "-m" : "-rm",
  "sh",
  "-c",
  'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
  folder,
  ...command,
]

suite("a data folder on a read-only disk", obstacle(readOnly(root, ["true"])), () => {
  for (const [name, program] of Object.entries(programs)) {
    it(`is told by the ${name} in one line`, async () => {
      const folder = copied(`disk-${name}`)
      const ended = await run(readOnly(folder, [process.execPath, ...program]), folder)
      expectOneLine(ended, /The data folder .* cannot be used: the file system is read-only \(EROFS\)/)
    })
  }
})

describe("a data folder without its database", () => {
  for (const [name, program] of Object.entries(programs)) {
    it(`is told by the ${name} in one line`, async () => {
      const folder = copied(`lost-${name}`)
      rmSync(join(folder, "database"), { recursive: true })
      const ended = await run([process.execPath, ...program], folder)
      expectOneLine(ended, /The data folder .* cannot be used: its database is gone: there is no .*\/PG_VERSION/)
    })
  }

  it("that is lost while the server runs costs 503, and the server still stops as it should", async () => {
    const folder = copied("running")
    const server = await startServer({ DATA_DIR: folder })
    const ask = (method: string, path: string, body?: object, token?: string) =>
      fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    const account = { email: "ada@example.com", password: "Correct-horse-9", full_name: "Ada Lovelace" }
    const { access_token: token } = (await (await ask("POST", "/api/v1/auth/register", account)).json()) as {
      readonly access_token: string
    }
    expect((await ask("GET", "/health/ready")).status).toBe(200)
    rmSync(folder, { recursive: true })
    expect((await ask("GET", "/health/ready")).status).toBe(503)
    expect((await ask("GET", "/health")).status).toBe(200)
    const answers = [
      await ask("GET", "/api/v1/tasks", undefined, token),
      await ask("POST", "/api/v1/tasks", { title: "Water the plants" }, token),
      await ask("GET", "/api/v1/categories", undefined, token),
      await ask("POST", "/api/v1/auth/register", { ...account, email: "grace@example.com" }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
    expect(await server.end("SIGTERM")).toBe(0)
  })
})
