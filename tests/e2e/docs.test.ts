/** Holds the code blocks of the documentation to what they print when they run. */
import { Effect, Redacted, type Scope } from "effect"
import { describe, expect, it } from "vitest"
import { problemTypes } from "../../adapters/http/api/v1/ProblemTypes.ts"
import { type Block, blocksOf, brokenLinksOf, linkingPages, missingPathsOf, pages } from "../support/pages.ts"
import { emptyDatabase, serverUrl } from "../support/postgres.ts"
import { filesUnder, readSource } from "../support/sources.ts"
import { type SettingsFrom, walkThrough } from "../support/walkThrough.ts"

const docs = pages.filter((page) => page !== "ARCHITECTURE.md")

/** The blocks that no test can run unchanged, by the beginning of each line, and the reason. */
const notRun: ReadonlyArray<{ readonly page: string; readonly begins: string; readonly why: string }> = [
  {
    page: "README.md",
    begins: "npm install && npm start",
    why: "goes on until it is stopped; serverProcess.test.ts starts it",
  },
  {
    page: "README.md",
    begins: "docker ",
    why: "needs a container engine; containers.test.ts holds the files to the code",
  },
  {
    page: "README.md",
    begins: "npm install --global ./dist/taskwright-cli.tgz",
    why: "changes the machine's programs; commandPackage.test.ts installs it elsewhere",
  },
  { page: "README.md", begins: "npm install && npm test", why: "is the run that this test is a part of" },
  { page: "docs/client.md", begins: "npx ", why: "needs another TypeScript; generators.test.ts runs both" },
]

const linesBegin = (code: string, begins: string): boolean =>
  code
    .trimEnd()
    .split("\n")
    .every((line) => line.startsWith(begins))

const isNotRun = (page: string, { code }: Block): boolean =>
  notRun.some((block) => block.page === page && linesBegin(code, block.begins))

const toRun = docs
  .map((page) => ({ page, run: blocksOf(page).filter((block) => block.language === "sh" && !isNotRun(page, block)) }))
  .filter(({ run }) => run.length > 0)

/** The output of blocks without a block of responses after them. */
const printed: Readonly<Record<string, ReadonlyArray<RegExp>>> = {
  "README.md": [/"total":1/, /"status":"in_progress"/, /"code":"version_conflict"/, /"current_version":2/, /204\n/],
}

const omitted = "…"

/** Returns the last of several JSON documents in a row. */
const lastDocument = (output: string): unknown => {
  for (let start = output.indexOf("{"); start >= 0; start = output.indexOf("{", start + 1)) {
    try {
      return JSON.parse(output.slice(start))
    } catch {
      // Another document follows this one, or this one begins further on.
    }
  }
  return null
}

/**
 * Reduces a response to the members that the page shows. A page may leave members out, and "…" stands for a value
 * that differs each time.
 */
const asShown = (shown: unknown, answer: unknown): unknown => {
  if (shown === omitted) return answer === undefined ? undefined : omitted
  if (Array.isArray(shown) && Array.isArray(answer)) return answer.map((item, index) => asShown(shown[index], item))
  if (typeof shown !== "object" || shown === null || typeof answer !== "object" || answer === null) return answer
  const members = answer as Record<string, unknown>
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, asShown(value, members[name])]))
}

/** Returns the line that the page shows if it stands for this one: the same up to "…". Otherwise returns the line. */
const withOmission = (shown: string, line: string): string =>
  shown.endsWith(omitted) && line.length >= shown.length && line.startsWith(shown.slice(0, -omitted.length))
    ? shown
    : line

const problemStatuses = (output: string): ReadonlyArray<string> =>
  [...output.matchAll(/"type":"\/problems\/\w+","title":"[^"]*","status":(\d+)/g)].map(([, status = ""]) => status)

/**
 * The page of the command begins with the embedded database, because only that one has a list without an account. Then
 * it goes on with a database on a server. Each command opens that in half the time.
 */
const laterOn = (page: string): Effect.Effect<SettingsFrom | undefined, never, Scope.Scope> =>
  page === "docs/cli.md" && serverUrl !== undefined
    ? Effect.map(emptyDatabase(), (url) => ({
        block: ({ code }) => code.includes(" register "),
        settings: { DATABASE_URL: Redacted.value(url) },
      }))
    : Effect.succeed(undefined)

describe.concurrent("the blocks of", () => {
  it.each(toRun)("$page work as they stand there", { timeout: 500_000 }, async ({ page, run }) => {
    const blocks = blocksOf(page)
    const outputs = await laterOn(page).pipe(
      Effect.flatMap((later) => Effect.promise(() => walkThrough(run, later))),
      Effect.scoped,
      Effect.runPromise,
    )
    expect(outputs).toHaveLength(run.length)
    for (const [index, block] of run.entries()) {
      const output = outputs[index] ?? ""
      // The text before a refused call names its status.
      const refusals = block.code.match(/(?<=: )4\d\d(?=[.,])/g) ?? []
      expect(problemStatuses(output), `${page}:${block.line}`).toEqual(refusals)
      const answer = blocks[blocks.findIndex(({ line }) => line === block.line) + 1]
      if (answer?.language === "json") {
        const shown: unknown = JSON.parse(answer.code)
        expect(asShown(shown, lastDocument(output)), `${page}:${answer.line}`).toEqual(shown)
      }
      if (answer?.language === "text") {
        const lines = output.replaceAll("\r", "").trimEnd().split("\n")
        const shown = answer.code.trimEnd().split("\n")
        const hidden = lines.map((line, row) => withOmission(shown[row] ?? "", line))
        expect(hidden, `${page}:${answer.line}`).toEqual(shown)
      }
    }
    for (const text of printed[page] ?? []) expect(outputs.join("\n")).toMatch(text)
  })
})

describe("every block", () => {
  const all = docs.flatMap((page) => blocksOf(page).map((block) => ({ page, block })))

  it("is run, is an answer to the one before it, or is named with the reason", () => {
    for (const { block, page } of all) {
      const blocks = blocksOf(page)
      const before = blocks[blocks.findIndex(({ line }) => line === block.line) - 1]
      const isAnswer = ["json", "text"].includes(block.language) && before?.language === "sh" && !isNotRun(page, before)
      // auditLines.test.ts reads the configuration of another program.
      const isConfiguration = page === "docs/operations.md" && block.language === "ini"
      const isChecked = isAnswer || isConfiguration || ["sh", "ts"].includes(block.language)
      expect(isChecked, `${page}:${block.line}: nothing checks this`).toBe(true)
    }
    for (const { begins, page } of notRun) {
      expect(
        all.some(({ block, page: other }) => other === page && linesBegin(block.code, begins)),
        `${page} has no block any more whose lines begin with ${begins}`,
      ).toBe(true)
    }
  })

  it("in TypeScript is on a page whose programs another test compiles and runs", () => {
    const tests = filesUnder("tests").filter((path) => path.endsWith(".ts") && path !== "tests/e2e/docs.test.ts")
    for (const page of new Set(all.filter(({ block }) => block.language === "ts").map(({ page }) => page))) {
      expect(
        tests.some((path) => readSource(path).includes(`"${page}"`)),
        `no test runs the programs of ${page}`,
      ).toBe(true)
    }
  })
})

it("docs/api.md names every code of a problem, in the row of its status", () => {
  const rows = [...readSource("docs/api.md").matchAll(/^\| (\d{3}(?:, \d{3})*) \| (.*) \|$/gm)]
  const named = rows.flatMap(([, statuses = "", codes = ""]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code = ""]) => ({ code, statuses: statuses.split(", ").map(Number) })),
  )
  expect(named.map(({ code }) => code).sort()).toEqual(Object.keys(problemTypes).sort())
  for (const [code, { status }] of Object.entries(problemTypes)) {
    expect(named.find((row) => row.code === code)?.statuses, code).toContain(status)
  }
})

describe.each(linkingPages)("the links of %s", (page) => {
  it("lead somewhere", () => expect(brokenLinksOf(page)).toStrictEqual([]))
  it("name files that there are", () => expect(missingPathsOf(page)).toStrictEqual([]))
})
