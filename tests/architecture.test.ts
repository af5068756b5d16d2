/** Holds the source files to the rings, the allowed imports and the absence of cycles. */
import { existsSync, readdirSync } from "node:fs"
import { join, posix } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import packageJson from "../package.json" with { type: "json" }
import { cyclesOf, importGraph } from "./support/importGraph.ts"
import { filesUnder, type Import, importsOf, readSource, root } from "./support/sources.ts"

const rings = ["domain", "application", "adapters", "bootstrap", "tests"] as const
type Ring = (typeof rings)[number]

/** The parts of Effect that the domain may import: descriptions of data, and nothing that runs. */
const domainVocabulary = new Set(["Data", "DateTime", "Option", "Result", "Schema", "SchemaTransformation", "Struct"])

const bannedFolders = new Set(["src", "utils", "common", "libs", "helpers", "interfaces", "dto", "mappers"])

const ringOf = (path: string): Ring | undefined => rings.find((ring) => path.startsWith(`${ring}/`))
/** The rooms of the adapters: one folder per technology, and of HTTP its description, its server and its client. */
const roomOf = (path: string): string =>
  path
    .split("/")
    .slice(0, path.startsWith("adapters/http/") ? 3 : 2)
    .join("/")

/** The rooms that an adapter may import beside its own. */
const openTo: Readonly<Record<string, ReadonlyArray<string>>> = {
  "adapters/http/server": ["adapters/http/api"],
  "adapters/http/client": ["adapters/http/api"],
  "adapters/cli": ["adapters/http/api", "adapters/http/client", "adapters/mcp"],
  "adapters/mcp": ["adapters/http/api"],
}
/** Rooms that are no technology of one adapter: files and locks, text in HTML, ids, the log and metrics, and findings. */
const shared = ["adapters/filesystem", "adapters/html", "adapters/ids", "adapters/telemetry", "adapters/diagnosis"]

const mayReach = (from: string, to: string): boolean => {
  const target = ringOf(to)
  switch (ringOf(from)) {
    case "domain":
      return target === "domain"
    case "application":
      return target === "domain" || target === "application"
    case "adapters":
      return (
        target === "domain" ||
        // The description of the API imports only the domain, so that any client can import it.
        (target === "application" && roomOf(from) !== "adapters/http/api" && roomOf(from) !== "adapters/http/client") ||
        roomOf(from) === roomOf(to) ||
        [...shared, ...(openTo[roomOf(from)] ?? [])].includes(roomOf(to))
      )
    case "bootstrap":
      return target !== undefined && target !== "tests"
    case "tests":
      return true
    case undefined:
      return false
  }
}

/** Returns why the file must not have that import; null if it may. */
const objection = (from: string, { names, specifier }: Import): string | null => {
  const ring = ringOf(from)
  const isInner = ring === "domain" || ring === "application"
  if (specifier === null) return isInner ? "imports what is known only at run time" : null
  if (!specifier.startsWith(".")) {
    if (isInner && specifier !== "effect") return `imports the package ${specifier}`
    if (ring === "domain") {
      const strange = names.filter((name) => !domainVocabulary.has(name))
      if (strange.length > 0 || names.length === 0) return `takes ${strange.join(", ") || "all"} from effect`
    }
    return null
  }
  const to = posix.join(posix.dirname(from), specifier)
  if (to === "package.json") return ring === "bootstrap" || ring === "tests" ? null : "imports package.json"
  if (!mayReach(from, to)) return `imports ${to}`
  if (posix.basename(to) === "index.ts" && ring !== "tests") return `imports the barrel ${to}`
  return null
}

const objections = (path: string, code: string): ReadonlyArray<string> =>
  importsOf(code).flatMap((each) => {
    const why = objection(path, each)
    return why === null ? [] : [`${path} ${why}`]
  })

const sources = rings.flatMap(filesUnder).filter((path) => path.endsWith(".ts"))

/** The shipped files, without the public edges, which import whole rings. */
const product = sources.filter((path) => ringOf(path) !== "tests" && posix.basename(path) !== "index.ts")

/** A feature of an inner ring, or a room of the adapters. */
const featureOf = (path: string): string =>
  ringOf(path) === "adapters" ? roomOf(path) : path.split("/").slice(0, 2).join("/")

/** The folders of the shipped files, at every depth. */
const productFolders = new Set(
  product.flatMap((path) => {
    const parts = path.split("/").slice(0, -1)
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"))
  }),
)

/** Builds the graph of imports between the files and the sub-folders of one folder. */
const graphWithin = (folder: string) => {
  const isInside = (path: string): boolean => path.startsWith(`${folder}/`)
  const depth = folder.split("/").length + 1
  const nameOf = (path: string): string => (isInside(path) ? path.split("/").slice(0, depth).join("/") : "")
  return importGraph(product.filter(isInside), nameOf)
}

describe("the rings", () => {
  it("are all seen, and their imports are read", () => {
    for (const ring of rings) {
      const files = sources.filter((path) => ringOf(path) === ring)
      expect(files.length, ring).toBeGreaterThan(ring === "bootstrap" ? 2 : 10)
      expect(files.flatMap((path) => importsOf(readSource(path))).length, ring).toBeGreaterThan(files.length)
    }
    const uses = importsOf(readSource("application/tasks/UpdateTask.ts")).map(({ specifier }) => specifier)
    expect(uses).toStrictEqual(expect.arrayContaining(["effect", "../../domain/tasks/Task.ts", "./TaskRepository.ts"]))
  })

  it("import inwards only", () => {
    expect(sources.flatMap((path) => objections(path, readSource(path)))).toStrictEqual([])
  })

  it("have no cycle of files", () => {
    expect(cyclesOf(importGraph(product, (path) => path))).toStrictEqual([])
  })

  it("have no cycle of rooms", () => {
    expect(cyclesOf(importGraph(product, featureOf))).toStrictEqual([])
  })

  it("have no cycle between the files and the sub-folders of a folder", () => {
    expect(productFolders.size).toBeGreaterThan(30)
    expect([...productFolders].flatMap((folder) => cyclesOf(graphWithin(folder)))).toStrictEqual([])
  })

  it("would be caught with a cycle", () => {
    const graph = new Map([
      ["a", new Set(["b"])],
      ["b", new Set(["c"])],
      ["c", new Set(["b", "d"])],
    ])
    expect(cyclesOf(graph)).toStrictEqual([["b", "c"]])
  })

  it("have no folder whose name says nothing", () => {
    const folders = sources.flatMap((path) => path.split("/").slice(0, -1))
    expect(folders.filter((folder) => bannedFolders.has(folder))).toStrictEqual([])
  })

  it.each([
    ["domain/tasks/Task.ts", 'import { Effect } from "effect"'],
    ["domain/tasks/Task.ts", 'import { Schema, type Effect as Program } from "effect"'],
    ["domain/tasks/Task.ts", 'import * as Everything from "effect"'],
    ["domain/tasks/Task.ts", 'import { SqlClient } from "effect/sql"'],
    ["domain/tasks/Task.ts", 'import { randomUUID } from "node:crypto"'],
    ["domain/tasks/Task.ts", 'import type { Ports } from "../../application/Ports.ts"'],
    ["domain/tasks/Task.ts", 'export * from "../../adapters/memory/MemoryStore.ts"'],
    ["domain/tasks/Task.ts", 'import "../../bootstrap/memory.ts"'],
    ["domain/tasks/Task.ts", 'import { TaskId } from "../index.ts"'],
    ["domain/tasks/Task.ts", 'const lazy = await import("node:fs")'],
    ["domain/tasks/Task.ts", "const lazy = await import(name)"],
    ["application/tasks/GetTask.ts", 'import { HttpApi } from "effect/http-api"'],
    ["application/tasks/GetTask.ts", 'import {\n  hash,\n} from "argon2"'],
    ["application/tasks/GetTask.ts", 'import { layer } from "../../adapters/memory/MemoryStore.ts"'],
    ["application/tasks/GetTask.ts", 'let tasks: import("../../adapters/memory/MemoryStore.ts").State'],
    ["application/tasks/GetTask.ts", 'import { memory } from "../../bootstrap/memory.ts"'],
    ["application/tasks/GetTask.ts", 'import { getTask } from "../index.ts"'],
    ["adapters/http/api/v1/Api.ts", 'import { layer } from "../../memory/MemoryStore.ts"'],
    ["adapters/memory/MemoryStore.ts", 'import { memory } from "../../bootstrap/memory.ts"'],
    ["adapters/cli/Main.ts", 'import { pipeline } from "../http/server/middleware/Pipeline.ts"'],
    ["adapters/http/client/Retry.ts", 'import { cors } from "../server/response/Cors.ts"'],
    ["adapters/http/api/v1/Api.ts", 'import { cors } from "../../server/response/Cors.ts"'],
    ["adapters/http/api/v1/Api.ts", 'import type { Ports } from "../../../../application/Ports.ts"'],
    ["adapters/http/server/routing/Router.ts", 'import { makeClient } from "../../client/TaskwrightClient.ts"'],
    ["adapters/cli/Main.ts", 'import { layer } from "../memory/MemoryStore.ts"'],
    ["adapters/http/server/Routes.ts", 'import { tools } from "../../mcp/Tools.ts"'],
    ["adapters/mcp/CallTool.ts", 'import { pipeline } from "../http/server/middleware/Pipeline.ts"'],
    ["adapters/postgres/PostgresOutbox.ts", 'import { Api } from "../http/api/v1/Api.ts"'],
    ["adapters/filesystem/FileLock.ts", 'import { Refused } from "../cli/Refusals.ts"'],
    ["adapters/memory/MemoryStore.ts", 'import { Task } from "../../domain/index.ts"'],
    ["adapters/memory/MemoryStore.ts", 'import { at } from "../../tests/support/entities.ts"'],
    ["bootstrap/memory.ts", 'import { at } from "../tests/support/entities.ts"'],
    ["bootstrap/memory.ts", 'import * as Application from "../application/index.ts"'],
    ["bootstrap/memory.ts", 'import { other } from "../../elsewhere/file.ts"'],
  ])("would object to %s with %s", (path, code) => {
    expect(objections(path, code).length).toBe(1)
  })

  it.each([
    ["domain/tasks/Task.ts", 'import { Result, Schema } from "effect"'],
    ["domain/tasks/Task.ts", '// import { readFile } from "node:fs"'],
    [
      "application/tasks/GetTask.ts",
      'import { Effect } from "effect"\nimport { TaskId } from "../../domain/tasks/TaskId.ts"',
    ],
    [
      "adapters/http/server/routing/Router.ts",
      'import { HttpApi } from "effect/http-api"\nimport { Api } from "../../api/v1/Api.ts"',
    ],
    ["adapters/cli/commands/add.ts", 'import { Api } from "../../http/api/v1/Api.ts"'],
    ["adapters/mail/eml/EmlEmailSender.ts", 'import { writeAtomic } from "../filesystem/AtomicFile.ts"'],
    ["bootstrap/memory.ts", 'import * as MemoryStore from "../adapters/memory/MemoryStore.ts"'],
  ])("would let %s pass with %s", (path, code) => {
    expect(objections(path, code)).toStrictEqual([])
  })
})

const knownEnding = /\.(?:ts|js|json|md|ya?ml|html)$/
const packages = new Set(Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies }))
const everyFile = [...sources, ...rings.flatMap(filesUnder), ...["README.md", "ARCHITECTURE.md", "package.json"]]

/**
 * The paths that a page names: between backticks, with a slash or a known extension. `…` stands for an omitted part.
 */
const pathsIn = (page: string): ReadonlyArray<string> =>
  [...page.matchAll(/`([^`\s]+)`/g)]
    .map((match) => match[1] ?? "")
    .filter((text) => text.includes("/") || knownEnding.test(text))
    // URLs, packages and media types have slashes too.
    .filter((text) => !/^[/@]|:\/\/|[{}()$*]|^(?:application|text)\/(?:problem\+)?(?:json|plain|html)$/.test(text))
    .filter((text) => !packages.has(text.split("/")[0] ?? ""))

const isThere = (path: string): boolean => {
  if (path.includes("…")) {
    const pattern = path.split("…").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
    return everyFile.some((file) => new RegExp(`^(?:.*/)?${pattern.join("[^/]*")}$`).test(file))
  }
  return existsSync(join(root, path)) || (!path.includes("/") && everyFile.some((file) => file.endsWith(`/${path}`)))
}

describe("ARCHITECTURE.md", () => {
  it("names only paths that exist", () => {
    const named = pathsIn(readSource("ARCHITECTURE.md"))
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((path) => !isThere(path))).toStrictEqual([])
  })

  it("would be caught naming one that does not", () => {
    const page =
      "`domain/tasks/Task.ts` `domain/gone/` `Gone.ts` `adapters/http/api/v1/…Gone.ts` `tests/` `/docs` `effect/http`"
    expect(pathsIn(page).filter((path) => !isThere(path))).toStrictEqual([
      "domain/gone/",
      "Gone.ts",
      "adapters/http/api/v1/…Gone.ts",
    ])
  })

  it("stays short enough to be read, before the list of decisions, which grows", () => {
    const [text = "", decisions] = readSource("ARCHITECTURE.md").split("\n## Decisions\n")
    expect(text.split("\n").length).toBeLessThan(250)
    expect(decisions).toBeDefined()
  })

  it("lists every decision", () => {
    const [, decisions = ""] = readSource("ARCHITECTURE.md").split("\n## Decisions\n")
    const listed = [...decisions.matchAll(/docs\/decisions\/([\w-]+\.md)/g)].map(([, name]) => name)
    expect(listed).toStrictEqual(readdirSync(join(root, "docs/decisions")).sort())
  })
})
