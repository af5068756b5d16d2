import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, assert, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { type Service, startService } from "../support/http.ts"
import { readSource, root } from "../support/sources.ts"

const run = promisify(execFile)
const page = readSource("docs/client.md")
const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code)
const entry = join(root, "adapters/http/v1/client/index.ts")

/** As a program would be checked that uses the package. */
const compilerOptions = {
  target: "ES2024",
  lib: ["ES2024", "DOM", "DOM.Iterable"],
  module: "NodeNext",
  moduleDetection: "force",
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  types: ["node"],
}

describe("docs/client.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-docs-"))
  const fileOf = (index: number) => join(folder, `program${index}.ts`)
  let service: Service
  beforeAll(async () => {
    service = await startService(memory)
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
    for (const [index, code] of programs.entries()) {
      writeFileSync(fileOf(index), code.replace('"taskwright/client"', JSON.stringify(entry)))
    }
  })
  afterAll(async () => {
    await service?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it("has programs that compile", async () => {
    assert.isAbove(programs.length, 3)
    const tsc = join(root, "node_modules/typescript/bin/tsc")
    const checked = await run(process.execPath, [tsc, "--project", folder]).catch((error: { stdout: string }) => error)
    expect(checked.stdout).toBe("")
  })

  it.each([
    ["begins a session, creates and lists", 0, /created: '[0-9a-f-]{36}',\s+first: 'Buy milk',\s+total: 1/],
    ["keeps tokens elsewhere", 1, /^Ada Lovelace\n$/],
    ["tells errors apart", 2, /completed: 'completed',[\s\S]*validation_failed[\s\S]*path: 'body\.title'/],
    ["lists all", 3, /^Buy milk\nWater the plants\n$/],
  ])("has a program that %s", async (_, index, output) => {
    const { stdout } = await run(process.execPath, ["--no-warnings", fileOf(index)], {
      env: { TASKWRIGHT_URL: service.url },
      timeout: 60_000,
    })
    expect(stdout).toMatch(output)
  })

  it("names every option of a client with its default", () => {
    const code = readFileSync(join(root, "adapters/http/v1/client/TaskwrightClient.ts"), "utf8")
    const described = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [name, value])
    assert.isAbove(described.length, 2)
    for (const [name, value] of described) expect(code).toContain(`${name} = ${value?.replace(",", "_")},`)
  })
})
