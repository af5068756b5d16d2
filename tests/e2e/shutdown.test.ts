/** Holds a server to an orderly shutdown on a signal. */
import { spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { Agent } from "node:http"
import { connect } from "node:net"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { programFile } from "../support/programs.ts"
import { newDataFolder, type ServerProcess, startOnNewDatabase } from "../support/serverProcess.ts"
import { liveScenario } from "../support/steadily.ts"
import { ask, expectAllAnswered } from "../support/stopUnderLoad.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const noLimits = { RATE_LIMIT_USER: "1000000", RATE_LIMIT_IP: "1000000" }

describe("a server that is told to stop", () => {
  const started: Array<ServerProcess> = []
  afterAll(async () => {
    for (const { child, end } of started) if (child.exitCode === null && child.signalCode === null) await end("SIGKILL")
  })
  const start = async (settings: Record<string, string> = {}) => {
    const server = await startOnNewDatabase({ ...noLimits, ...settings })
    started.push(server)
    return server
  }

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    // Closing a listening socket resets what arrives in the same microseconds. A server that is not scheduled just then
    // loses what arrives in milliseconds. So a failed run counts only if the machine was in time.
    liveScenario(`by ${signal} answers all that is asked under load, over kept and over new connections`, () =>
      Effect.promise(async () => expectAllAnswered(await start({ SHUTDOWN_DELAY: "300 millis" }), signal)),
    )
  }

  it("is not ready first, and serves until its delay is over", async () => {
    const server = await start({ SHUTDOWN_DELAY: "5 minutes" })
    const agent = new Agent({ keepAlive: true })
    expect(await ask(`${server.url}/health/ready`, agent)).toMatchObject({ status: 200, isLast: false })
    server.child.kill("SIGTERM")
    await expect
      .poll(async () => (await ask(`${server.url}/health/ready`, false)).status, { timeout: 30_000 })
      .toBe(503)
    const ready = await ask(`${server.url}/health/ready`, false)
    expect(JSON.parse(ready.body)).toMatchObject({ status: "unavailable", checks: { database: "ok" } })
    for (const path of ["/health", "/docs", "/openapi.json"]) {
      expect(await ask(`${server.url}${path}`, agent)).toMatchObject({ status: 200, isLast: true })
    }
    agent.destroy()
    // A second signal does not wait for the delay.
    expect(await server.end("SIGINT")).toBe(130)
  })

  it("ends at a second signal though a request is in flight", async () => {
    const server = await start({ SHUTDOWN_DELAY: "0 seconds" })
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.on("error", () => undefined)
    socket.write(
      "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n",
    )
    expect((await ask(`${server.url}/health`, false)).status).toBe(200)
    server.child.kill("SIGTERM")
    await expect.poll(async () => (await ask(`${server.url}/health`, false)).error, { timeout: 30_000 }).not.toBe(null)
    expect(server.child.exitCode).toBe(null)
    expect(await server.end("SIGTERM")).toBe(143)
    socket.destroy()
  })

  it("does not wait for connections that send nothing", async () => {
    const server = await start({ SHUTDOWN_DELAY: "0 seconds" })
    const agent = new Agent({ keepAlive: true })
    expect((await ask(`${server.url}/health`, agent)).status).toBe(200)
    const { hostname, port } = new URL(server.url)
    const silent = connect(Number(port), hostname)
    await new Promise((resolve) => silent.once("connect", resolve))
    const closed = new Promise((resolve) => silent.once("close", resolve))
    silent.resume()
    expect(await server.end("SIGTERM")).toBe(0)
    await closed
    agent.destroy()
  })

  /** Starts a command that serves, and waits until it is ready. */
  const startCommand = async (command: string, parameters: ReadonlyArray<string>) => {
    const DATA_DIR = await newDataFolder()
    const child = spawn(command, parameters, {
      cwd: root,
      env: { ...process.env, ...noLimits, DATA_DIR, PORT: "0", LOG_FORMAT: "json", SHUTDOWN_DELAY: "0 seconds" },
    })
    let output = ""
    const listen = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on("data", listen)
    child.stderr.on("data", listen)
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve))
    closed.then(() => rmSync(DATA_DIR, { recursive: true, force: true }))
    await expect.poll(() => output, { timeout: 60_000 }).toMatch(/serves http/)
    const url = /serves (http:\/\/[^/"]+)\/api/.exec(output)?.[1] ?? ""
    expect((await ask(`${url}/health`, false)).status).toBe(200)
    return { child, closed, url, output: () => output }
  }

  it.runIf(process.platform !== "win32").each(["SIGTERM", "SIGKILL"] as const)(
    "by a %s of npm ends too",
    async (signal) => {
      const { child, closed, output, url } = await startCommand("npm", ["start"])
      child.kill(signal)
      // Its outputs are closed once no process holds them.
      await closed
      expect((await ask(`${url}/health`, false)).error).toBe("ECONNREFUSED")
      expect(output()).toMatch(/Taskwright stopped because of (?:the end of npm|SIGTERM)/)
    },
  )

  it("started by the command ends as the server does", async () => {
    const { child, closed, output } = await startCommand(process.execPath, [programFile("cli"), "serve"])
    child.kill("SIGHUP")
    expect(await closed).toBe(0)
    expect(output().match(/Taskwright stopped because of SIGHUP/g)).toHaveLength(1)
  })
})
