import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, assert, it } from "vitest"
import { startServer } from "../support/serverProcess.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-readme-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")

it("the README's walk-through works as it stands there", async () => {
  const script = /```sh\n(API=[\s\S]*?)```/.exec(readme)?.[1]
  assert.isDefined(script)
  const server = await startServer({ DATA_DIR: folder })
  const { stdout } = await promisify(execFile)("bash", [
    "-eu",
    "-c",
    script?.replaceAll("http://127.0.0.1:3000", server.url) ?? "",
  ])
  assert.include(stdout, '"total":1')
  assert.include(stdout, '"status":"in_progress"')
  assert.include(stdout, '"code":"version_conflict"')
  assert.include(stdout, '"current_version":2')
  assert.match(stdout, /\n?204\n$/)
  assert.equal(await server.end("SIGTERM"), 0)
})
