/** Holds comments and documents to the rules of words: a reader in the field never stops. */
import { readdirSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { proseFaults, titleFaults, titlesOf } from "./support/proseRules.ts"
import { filesUnder, importsOf, readSource, root } from "./support/sources.ts"

const folders = ["domain", "application", "adapters", "bootstrap", "packaging", "tests", "examples", "docs"]
/** Passwords are no prose, the client's comments are the API's own texts, and the examples below are faults on purpose. */
const data = new Set([
  "domain/accounts/commonPasswordList.ts",
  "adapters/http/client/MethodDocs.ts",
  "tests/words.test.ts",
])

const files = [...folders.flatMap(filesUnder), ...readdirSync(root).filter((name) => name.endsWith(".md"))].filter(
  (path) => /(?<!\.d)\.(?:ts|md)$/.test(path) && !data.has(path),
)

describe("comments and documents", () => {
  it("are all seen", () => {
    expect(files.filter((path) => path.endsWith(".ts")).length).toBeGreaterThan(500)
    expect(files.filter((path) => path.endsWith(".md")).length).toBeGreaterThan(8)
  })

  it("have no word and no sentence that a reader stops at, and every module says what it is for", () => {
    expect(files.flatMap((path) => proseFaults(path, readSource(path)))).toStrictEqual([])
  })

  it.each([
    ["a.ts", "/** Who calls it waits. */", 1],
    ["a.ts", "/** Retries. */\n// Nobody is asked in vain.\n", 2],
    ["a.ts", "export const a = 1\n", 1],
    ["a.ts", `/** ${"word ".repeat(26)}. */`, 1],
    ["a.ts", `/** ${"word ".repeat(20)}. ${"word ".repeat(20)}. */`, 0],
    ["a.md", `Somebody.\n\n\`\`\`sh\nwhoever\n\`\`\`\n\n| who |\n`, 1],
    ["a.ts", 'const whose = "who" // a name is no prose\n/** x */', 1],
  ])("would be caught: %s %j has %i faults", (path, text, count) => {
    expect(proseFaults(path, text).length).toBe(count)
  })
})

describe("the description of the API", () => {
  /** Returns the descriptions and summaries in a part of the document. */
  const textsIn = (part: unknown): ReadonlyArray<string> =>
    typeof part === "object" && part !== null
      ? Object.entries(part).flatMap(([name, value]) =>
          /^(?:description|summary)$/.test(name) && typeof value === "string" ? [value] : textsIn(value),
        )
      : []
  const texts = new Set(textsIn(JSON.parse(readSource("adapters/http/api/v1/openapi.json"))))

  it("has no word and no sentence that a reader stops at", () => {
    expect(texts.size).toBeGreaterThan(300)
    expect([...texts].flatMap((text) => proseFaults("openapi.json.md", text))).toStrictEqual([])
  })
})

describe("titles of tests", () => {
  const paths = filesUnder("tests").filter((path) => path.endsWith(".ts") && !data.has(path))

  it("are all read", () => {
    expect(paths.flatMap((path) => titlesOf(readSource(path))).length).toBeGreaterThan(1_000)
  })

  it("name callers, clients and processes instead of persons", () => {
    expect(paths.flatMap((path) => titleFaults(path, readSource(path)))).toStrictEqual([])
  })

  it.each([
    ['it("tells nobody", () => {})', 1],
    ["it.effect.prop(`is for whoever asks`, [], () => {})", 1],
    ['it.each([[1], [2]])("of %i everybody, and somebody", () => {})', 2],
    ['describe.concurrent(\n  "Who asks",\n  () => {})', 1],
    ['describeOnPostgres("a caller", () => it("waits", () => "nobody"))', 0],
  ])("would be caught: %s has %i faults", (code, count) => {
    expect(titleFaults("a.ts", code)).toHaveLength(count)
  })
})

describe("tests", () => {
  /** Names of other dialects that the code imports. */
  const foreign = (code: string): ReadonlyArray<string> =>
    importsOf(code).flatMap(({ names, specifier }) =>
      /^(?:node:)?(?:assert|test)\b|^chai$/.test(specifier ?? "")
        ? [specifier ?? ""]
        : /vitest$/.test(specifier ?? "")
          ? names.filter((name) => ["assert", "test", "should"].includes(name))
          : [],
    )

  it("are each an `it`, and check by `expect`", () => {
    const paths = filesUnder("tests").filter((path) => path.endsWith(".ts") && !data.has(path))
    expect(paths.flatMap((path) => foreign(readSource(path)).map((name) => `${path} imports ${name}`))).toStrictEqual(
      [],
    )
  })

  it.each([
    ['import { assert, it } from "@effect/vitest"', 1],
    ['import { expect, test } from "vitest"', 1],
    ['import { strictEqual } from "node:assert/strict"', 1],
    ['import { describe, expect, it } from "vitest"', 0],
  ])("would be caught: %s", (code, count) => {
    expect(foreign(code)).toHaveLength(count)
  })
})
