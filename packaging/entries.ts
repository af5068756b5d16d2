/** The public paths of the package. */
import { readdirSync } from "node:fs"

const namesIn = (folder: string, ending: string): ReadonlyArray<string> =>
  readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))

/** The adapters that a program may compose, by their public names; the index of each folder is public. */
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

/** Modules that need no driver although the rest of their technology does, or that need a driver of their own. */
const extraEntryPoints: Readonly<Record<string, string>> = {
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
  ...Object.fromEntries(
    Object.entries(extraEntryPoints).map(([name, path]) => [`./adapters/${name}`, `adapters/${path}.ts`]),
  ),
  "./http/v1": "adapters/http/api/v1/index.ts",
  "./client": "adapters/http/client/index.ts",
  "./client/promise": "adapters/http/client/promise/index.ts",
  ...Object.fromEntries(
    namesIn("tests/contracts", ".contract.ts").map((port) => [
      `./contracts/${port}`,
      `tests/contracts/${port}.contract.ts`,
    ]),
  ),
}

/** Files that are published unchanged. */
export const documents: Readonly<Record<string, string>> = {
  "./openapi.json": "adapters/http/api/v1/openapi.json",
}

/**
 * Returns the path at which a source is published, without its ending. The contract suites are no tests of the package,
 * so their folder has another name. It is on the same level, so every import stays as it is.
 */
export const publishedPath = (source: string): string => source.replace(/^tests\//, "suites/").replace(/\.ts$/, "")
