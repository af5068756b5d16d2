import { readdirSync } from "node:fs"

const namesIn = (folder: string, ending: string): ReadonlyArray<string> =>
  readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))

/** The adapters that a program may compose, by their public names: each is public by the index of its folder. */
const adapters: Readonly<Record<string, string>> = {
  crypto: "crypto",
  eml: "mail/eml",
  http: "http/server",
  memory: "memory",
  postgres: "postgres",
  redis: "redis",
  smtp: "mail/smtp",
  workers: "workers",
}

/** What does without a driver that the rest of its technology needs, or needs one of its own. */
const apart: Readonly<Record<string, string>> = {
  "crypto/UuidV7Generator": "crypto/UuidV7Generator",
  "postgres/embedded": "postgres/embedded/EmbeddedPostgres",
}

/** The package's public edges, and the source of each. Nothing else can be imported from it. */
export const entries: Readonly<Record<string, string>> = {
  "./domain": "domain/index.ts",
  "./application": "application/index.ts",
  ...Object.fromEntries(
    Object.entries(adapters).map(([name, folder]) => [`./adapters/${name}`, `adapters/${folder}/index.ts`]),
  ),
  ...Object.fromEntries(Object.entries(apart).map(([name, path]) => [`./adapters/${name}`, `adapters/${path}.ts`])),
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
