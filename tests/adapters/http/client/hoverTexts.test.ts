/** Holds the texts that editors show for the client's methods to the description of the API. */
import { join } from "node:path"
import { getLibFiles, ts } from "@ts-morph/common"
import { describe, expect, it } from "vitest"
import { Api } from "../../../../adapters/http/api/v1/Api.ts"
import document from "../../../../adapters/http/api/v1/openapi.json" with { type: "json" }
import { readSource, root } from "../../../support/sources.ts"

const program = (edge: string) => `
import type { Client } from "../../../../adapters/http/client/${edge}"
declare const client: Client
client.tasks.createTask
client.tasks.listTasks
client.tasks.listAll
client.auth.logIn
client.changes.follow
client.service.getHealth
`

/** The standard library of that compiler, which its package holds in memory. */
const libraries = new Map(getLibFiles().map(({ fileName, text }) => [`/libraries/${fileName}`, text]))

/** Returns what an editor shows at each line, by a TypeScript before 7: the newer one has no such interface yet. */
const hoverTexts = (text: string): Readonly<Record<string, string>> => {
  const file = join(root, "tests/adapters/http/client/hovered.ts")
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), (path) => ts.sys.readFile(path))
  const settings = { ...config.compilerOptions, composite: false, noEmit: true }
  const { options } = ts.convertCompilerOptionsFromJson(settings, root)
  const read = (path: string) => (path === file ? text : (libraries.get(path) ?? ts.sys.readFile(path)))
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const content = read(path)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (given) => `/libraries/${ts.getDefaultLibFileName(given)}`,
    fileExists: (path) => path === file || libraries.has(path) || ts.sys.fileExists(path),
    readFile: read,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: (path) => ts.sys.realpath?.(path) ?? path,
  })
  expect(service.getSemanticDiagnostics(file)).toEqual([])
  const names = [...text.matchAll(/^client\.(\w+\.\w+)$/gm)]
  return Object.fromEntries(
    names.map(({ 0: line, 1: name = "", index }) => {
      const info = service.getQuickInfoAtPosition(file, index + line.length - 1)
      return [name, ts.displayPartsToString(info?.documentation)]
    }),
  )
}

const { description, summary } = document.paths["/api/v1/tasks"].post

describe("the hover texts of the client", () => {
  it.each([
    ["with effects", "index.ts"],
    ["with promises", "promise/index.ts"],
  ])("%s are those of the API's description", (_, edge) => {
    const texts = hoverTexts(program(edge))
    expect(texts["tasks.createTask"]).toContain(summary)
    expect(texts["tasks.createTask"]?.replaceAll(/\s+/g, " ")).toContain(description.replaceAll(/\s+/g, " "))
    expect(texts["auth.logIn"]).toContain("`POST /api/v1/auth/login`")
    for (const [name, text] of Object.entries(texts)) expect([name, text]).toEqual([name, expect.stringMatching(/\w/)])
  })

  it("exist for every operation of the document", () => {
    const docs = readSource("adapters/http/client/MethodDocs.ts")
    const operations = Object.values(Api.groups).flatMap(({ endpoints }) => Object.keys(endpoints))
    expect(operations.length).toBeGreaterThan(40)
    expect(operations.filter((name) => !docs.includes(`    readonly ${name}: unknown\n`))).toEqual([])
  })
})
