/** Holds a server process to its data after a kill, to its first output and to its settings. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import packageJson from "../../package.json" with { type: "json" }
import { prepareFolder } from "../support/preparedFolder.ts"
import { refusedStart, startServer } from "../support/serverProcess.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-e2e-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const json = { "content-type": "application/json" }

const register = async (url: string, email: string) => {
  const response = await fetch(`${url}/api/v1/auth/register`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ email, password: "Correct Horse 1", full_name: "Ada" }),
  })
  expect(response.status).toBe(201)
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}

const createTask = async (url: string, token: string, title: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/api/v1/tasks`, {
      method: "POST",
      headers: { ...json, authorization: `Bearer ${token}` },
      body: JSON.stringify({ title }),
    })
    return response.status === 201
  } catch {
    // The server was killed before it responded, so nothing was acknowledged.
    return false
  }
}

const titles = async (url: string, token: string): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (let page = 1; ; page++) {
    const response = await fetch(`${url}/api/v1/tasks?limit=100&page=${page}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { data } = (await response.json()) as { data: ReadonlyArray<{ title: string }> }
    found.push(...data.map(({ title }) => title))
    if (data.length < 100) return found
  }
}

describe("a server process on its embedded database", () => {
  it("keeps every acknowledged task, its key and its accounts over kill -9, and holds its folder alone", async () => {
    const settings = { DATA_DIR: join(folder, "killed"), RATE_LIMIT_USER: "100000" }
    await prepareFolder(settings.DATA_DIR)
    let server = await startServer(settings)
    const token = await register(server.url, "ada@example.com")

    const refused = await refusedStart(settings)
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(
      new RegExp(`^taskwright: The data folder .* is in use by process ${server.child.pid} `),
    )
    expect(refused.output.trim().split("\n").length).toBe(1)

    const acknowledged: Array<string> = []
    for (let round = 0; round < 3; round++) {
      const { url } = server
      let isRunning = true
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let number = 0; isRunning; number++) {
          const title = `task ${round}-${writer}-${number}`
          if (await createTask(url, token, title)) acknowledged.push(title)
          else return
        }
      })
      await new Promise((resolve) => setTimeout(resolve, 400))
      const killed = server.end("SIGKILL")
      await Promise.all(writers)
      isRunning = false
      await killed
      server = await startServer(settings)
    }
    const kept = new Set(await titles(server.url, token))
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(acknowledged.filter((title) => !kept.has(title))).toStrictEqual([])
    expect(statSync(join(settings.DATA_DIR, "jwt-private-key.pem")).mode & 0o777).toBe(0o600)
    expect(await server.end("SIGTERM")).toBe(0)
  })

  it("says in its first lines where the API, the docs and the data are", async () => {
    await prepareFolder(join(folder, "lines"))
    const server = await startServer({ DATA_DIR: join(folder, "lines") })
    const token = await register(server.url, "ada@example.com")
    const lines = server
      .output()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { message: string; docs?: string; data?: string })
    const start = lines.find(({ docs }) => docs !== undefined)
    expect(start?.message).toContain(`${server.url}/api/v1`)
    expect(start?.docs).toBe(`${server.url}/docs`)
    expect(start?.data).toContain(join(folder, "lines"))
    expect(server.output()).not.toContain(token)
    expect(await server.end("SIGTERM")).toBe(0)
  })

  it("does not touch the data folder if its port is taken", async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve))
    const { port } = other.address() as AddressInfo
    const DATA_DIR = join(folder, "port-taken")
    const { code, output } = await refusedStart({ PORT: String(port), DATA_DIR })
    other.close()
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(`^taskwright: Cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`))
    expect(existsSync(DATA_DIR)).toBe(false)
  })

  it("warns of a setting that is misspelled", async () => {
    const server = await startServer({ DATA_DIR: "memory:", DATABSE_URL: "postgres://localhost/tasks" })
    expect(server.output()).toContain("DATABSE_URL is no setting and changes nothing. DATABASE_URL is one.")
    expect(await server.end("SIGTERM")).toBe(0)
  })

  it("reads .env where npm starts it, if there is one", () => {
    const settings = join(folder, "settings")
    mkdirSync(settings)
    writeFileSync(join(settings, ".env"), "PORT=sixty")
    const [, ...start] = packageJson.scripts.start.split(" ")
    const parameters = start.map((part) =>
      part.endsWith(".ts") ? fileURLToPath(new URL(`../../${part}`, import.meta.url)) : part,
    )
    const { stderr } = spawnSync(process.execPath, parameters, { cwd: settings, encoding: "utf8" })
    expect(stderr).toContain("taskwright: PORT takes")
  })

  it.each([
    [{ PORT: "http" }, "PORT takes"],
    [{ DATABASE_URL: "mysql://localhost/x" }, "DATABASE_URL takes"],
    [{ NODE_ENV: "production" }, "JWT_PRIVATE_KEYS is needed"],
    [{ DATA_DIR: "/dev/null/x" }, ""],
  ])("does not start with %o, and says why in one line", async (settings, why) => {
    const { code, output } = await refusedStart({ DATA_DIR: join(folder, "refused"), ...settings })
    expect(code).toBe(1)
    expect(output).toContain(`taskwright: ${why}`)
    expect(output.trim().split("\n").length, output).toBe(1)
  })
})
