/** Holds a test run without servers to a report of the suites that did not run. */
import { execFile } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { afterAll, expect, it } from "vitest"
import { notRunName, readNotRunName } from "./support/notRun.ts"
import { root } from "./support/sources.ts"

/**
 * A container engine that accepts connections and never responds, which is the worst case. After it, no other engine
 * is tried.
 */
const silent = createServer()
const connections = new Set<Socket>()
silent.on("connection", (socket) => connections.add(socket))
const home = mkdtempSync(join(tmpdir(), "taskwright-home-"))
afterAll(async () => {
  for (const connection of connections) connection.destroy()
  await new Promise((resolve) => silent.close(resolve))
  rmSync(home, { recursive: true, force: true })
})

/** Runs a test file in a run of its own, on a machine without servers. */
const runAlone = async (file: string) => {
  await once(silent.listen(0, "127.0.0.1"), "listening")
  const { port } = silent.address() as AddressInfo
  const env = {
    PATH: process.env["PATH"] ?? "",
    // The library that finds engines reads its settings there.
    HOME: home,
    DOCKER_HOST: `tcp://127.0.0.1:${port}`,
    // No process listens on the first port.
    TEST_POSTGRES_PORT: "1",
    TEST_REDIS_PORT: "1",
  }
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    const child = execFile(process.execPath, [vitest, "run", file], { cwd: root, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stripVTControlCharacters(stdout + stderr) }),
    )
  })
}

it("says by name which tests were not run for want of a server, and why, and runs the others", async () => {
  const { code, output } = await runAlone("tests/adapters/postgres/TimestampCodec.test.ts")
  expect(code, output).toBe(0)
  expect(connections).not.toHaveLength(0)
  expect(output).toContain(
    "Not run: no TEST_DATABASE_URL, no PostgreSQL on 127.0.0.1:1, and no container: no container engine answers within 8 s",
  )
  expect(output).toMatch(
    /^ {2}tests\/adapters\/postgres\/TimestampCodec\.test\.ts: times of a PostgreSQL server \(\d+ tests\)$/m,
  )
  expect(output).toMatch(/Tests +\d+ passed \| \d+ skipped/)
})

it.each([
  ["a suite", "no server"],
  ["a suite (with a note)", "no server (none at all)\nanywhere"],
])("takes the name of a suite that is not run apart again: %s", (name, reason) => {
  expect(readNotRunName(notRunName(name, reason))).toStrictEqual({ name, reason })
  expect(readNotRunName(name)).toBeNull()
})
