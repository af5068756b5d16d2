/** Holds the OpenAPI document to generated clients that compile strictly and work. */
import { execFile } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { rolldown } from "rolldown"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { type Service, startService } from "../support/http.ts"
import { root } from "../support/sources.ts"

const run = promisify(execFile)
const hook = pathToFileURL(join(root, "tests/clients/typescriptForGenerators.ts")).href
const tsc = join(root, "node_modules/typescript/bin/tsc")
const limitMillis = 100_000

const generators = [
  {
    name: "openapi-typescript with openapi-fetch",
    consumer: "openapiFetch",
    program: "openapi-typescript/bin/cli.js",
    options: (document: string) => [document, "--output", "generated/schema.ts"],
    types: "generated/schema.ts",
  },
  {
    name: "@hey-api/openapi-ts",
    consumer: "heyApi",
    program: "@hey-api/openapi-ts/dist/run.mjs",
    options: (document: string) => ["--input", document, "--output", "generated"],
    types: "generated/types.gen.ts",
  },
]

/** The options of a strict project. */
const compilerOptions = {
  target: "ES2024",
  lib: ["ES2024", "DOM", "DOM.Iterable"],
  module: "ESNext",
  moduleResolution: "Bundler",
  moduleDetection: "force",
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: true,
  types: ["node"],
}

let service: Service
beforeAll(async () => {
  service = await startService(memory)
})
afterAll(() => service.stop())

describe.each(generators)("a client made by $name", ({ consumer, options, program, types }) => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-generated-"))
  const check = () => run(process.execPath, [tsc, "--project", folder], { cwd: folder, timeout: limitMillis })
  beforeAll(async () => {
    mkdirSync(join(folder, "generated"))
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
    copyFileSync(join(root, "tests/clients/consumers", `${consumer}.ts`), join(folder, "consumer.ts"))
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }))
    const generate = [
      `--import=${hook}`,
      join(root, "node_modules", program),
      ...options(`${service.url}/openapi.json`),
    ]
    await run(process.execPath, generate, { cwd: folder, timeout: limitMillis })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("has types that say what is there", () => {
    const text = readFileSync(join(folder, types), "utf8")
    expect(text).toContain("version_conflict")
    expect(text).not.toMatch(/unknown &|& unknown|: any\b/)
  })

  it("lets a strict program that uses it compile", async () => {
    expect((await check()).stdout).toBe("")
  })

  it("refuses a program that does not handle what can come", async () => {
    const path = join(folder, "careless.ts")
    const text = readFileSync(join(folder, "consumer.ts"), "utf8")
    writeFileSync(path, text.replace('error.code === "version_conflict" && ', ""))
    const failure = await check().catch((error: { readonly stdout: string }) => error)
    rmSync(path)
    expect(failure.stdout).toMatch(/careless\.ts\(\d+,\d+\): error TS2339: Property 'current'/)
  })

  it("works with the running service", async () => {
    const build = await rolldown({ input: join(folder, "consumer.ts"), platform: "node" })
    await build.write({ file: join(folder, "consumer.js") })
    await build.close()
    const { stdout } = await run(process.execPath, [join(folder, "consumer.js")], {
      env: { TASKWRIGHT_URL: service.url },
      timeout: limitMillis,
    })
    expect(JSON.parse(stdout)).toEqual({
      total: 1,
      next: null,
      title: "Buy oat milk",
      version: 3,
      deleted: 204,
      gone: "task_not_found",
    })
  })
})
