/** Holds the programs in docs/client.md to the installed package. */
import { execFile } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../../bootstrap/memory.ts"
import { childEnvironment } from "../../support/childEnvironment.ts"
import { type Service, startService } from "../../support/http.ts"
import { readSource, root } from "../../support/sources.ts"
import { type PackedPackage, runWell, tsc } from "./PackedPackage.ts"

const run = promisify(execFile)
const page = readSource("docs/client.md")
const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code)

/** The compiler options of a program that uses the package. */
const compilerOptions = {
  target: "ES2024",
  lib: ["ES2024", "DOM", "DOM.Iterable"],
  module: "NodeNext",
  moduleDetection: "force",
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  types: ["node"],
}

/** Registers the tests of docs/client.md: its programs compile and run with the package. */
export const clientDocs = (packed: () => PackedPackage): void => {
  describe("docs/client.md", () => {
    const folder = () => join(packed().furnished, "client")
    const fileOf = (index: number) => join(folder(), `program${index}.ts`)
    let service: Service
    beforeAll(async () => {
      service = await startService(memory)
      mkdirSync(folder())
      writeFileSync(join(folder(), "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
      for (const [index, code] of programs.entries()) writeFileSync(fileOf(index), code)
    })
    afterAll(() => service?.stop())

    it("has programs that compile", async () => {
      expect(programs.length).toBeGreaterThan(3)
      expect(await runWell(folder(), tsc)).toBe("")
    })

    it.each([
      ["begins a session, creates and lists", 0, /created: '[0-9a-f-]{36}',\s+first: 'Buy milk',\s+total: 1/],
      ["keeps tokens elsewhere", 1, /^Ada Lovelace\n$/],
      ["uses an API token", 2, /^The token lacks tasks:delete\.\n$/],
      [
        "tells errors apart",
        3,
        /kept: \[ 'title' \],\s+renamed: 'Buy oat milk!',[\s\S]*validation_failed[\s\S]*path: 'body\.title'/,
      ],
      ["runs batches", 4, /categories: \[ 'Home' \], refused: 'category_name_taken'/],
      ["takes a change back", 5, /version: 3, title: 'Buy milk'/],
      ["repeats a call with a key of its own", 6, /isSame: true, total: 1/],
      ["lists all", 7, /^Buy milk\nWater the plants\n$/],
      ["searches and filters", 8, /^1 \[ 'Buy milk' \] 4\n$/],
      ["follows changes", 9, /^task\.created Buy milk\n$/],
      ["uses promises", 10, /^version 2 is current\nBuy oat milk\ntask\.deleted\n$/],
    ])("has a program that %s", async (_, index, output) => {
      const { stdout } = await run(process.execPath, ["--no-warnings", fileOf(index)], {
        env: { ...childEnvironment, TASKWRIGHT_URL: service.url },
        timeout: 60_000,
      })
      expect(stdout).toMatch(output)
    })

    it("names every option of a client with its default", () => {
      const code = readFileSync(join(root, "adapters/http/client/TaskwrightClient.ts"), "utf8")
      const described = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [name, value])
      expect(described.length).toBeGreaterThan(2)
      for (const [name, value] of described) expect(code).toContain(`${name} = ${value?.replace(",", "_")},`)
    })
  })
}
