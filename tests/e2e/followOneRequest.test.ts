/** Compares the files that ARCHITECTURE.md lists for one request with those that run for it. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { freePort } from "../support/RedisServer.ts"

const page = readFileSync(new URL("../../ARCHITECTURE.md", import.meta.url), "utf8")
const section = /^## Follow one request\n([\s\S]*?)\nA new use case/m.exec(page)?.[1] ?? ""
const main = [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path = ""]) => path)
const named = [...section.matchAll(/`([^`\s]+(?:\.ts|\/))`/g)].map(([, path = ""]) => path)

const isNamed = (file: string): boolean =>
  named.some((name) => file === name || file.endsWith(`/${name}`) || (name.endsWith("/") && file.startsWith(name)))

it("ARCHITECTURE.md names every file that runs for the request that it follows", async () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-"))
  const child = fork(new URL("../support/followRequest.script.ts", import.meta.url), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, DATABASE_URL: "memory:", DATA_DIR: folder, PORT: String(await freePort()) },
  })
  try {
    const [files] = (await once(child, "message")) as [ReadonlyArray<string>]
    expect(main.length).toBeLessThanOrEqual(8)
    expect(main.filter((path) => !files.includes(path))).toEqual([])
    // The embedded database takes the place of a server's.
    const product = files.filter((path) => !path.startsWith("adapters/postgres/embedded/"))
    expect(product.filter((path) => !isNamed(path))).toEqual([])
  } finally {
    child.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)
