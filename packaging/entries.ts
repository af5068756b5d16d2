import { readdirSync } from "node:fs"

const namesIn = (folder: string, ending: string): ReadonlyArray<string> =>
  readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))

/** The adapters that a program may compose. A technology is public by its index. */
const technologies = ["crypto", "eml", "http", "memory", "postgres", "redis", "smtp"]

/** What does without a driver that the rest of its technology needs, or needs one of its own. */
const apart = ["crypto/UuidV7Generator", "postgres/embedded"]

/** The package's public edges, and the source of each. Nothing else can be imported from it. */
export const entries: Readonly<Record<string, string>> = {
  "./domain": "domain/index.ts",
  "./application": "application/index.ts",
  ...Object.fromEntries(
    technologies.map((name) => [`./adapters/${name}`, `adapters/${name === "http" ? "http/server" : name}/index.ts`]),
  ),
  ...Object.fromEntries(apart.map((path) => [`./adapters/${path}`, `adapters/${path}.ts`])),
  "./http/v1": "adapters/http/api/v1/index.ts",
  "./client": "adapters/http/client/index.ts",
  ...Object.fromEntries(
    namesIn("tests/contracts", ".contract.ts").map((port) => [
      `./contracts/${port}`,
      `tests/contracts/${port}.contract.ts`,
    ]),
  ),
}

/** What is published as it is. */
export const documents: Readonly<Record<string, string>> = {
  "./openapi.json": "adapters/http/api/v1/openapi.json",
}

/**
 * Where a source is published, without its ending. The suites are no tests of the package, so their folder is not called
 * so; being on the same level it leaves every import as it is.
 */
export const publishedPath = (source: string): string => source.replace(/^tests\//, "suites/").replace(/\.ts$/, "")
