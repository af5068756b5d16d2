/** Reads the project's source files and their imports, for tests of the architecture. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** One import of a file. */
export interface Import {
  /** The specifier as written, or null if it is computed at run time. */
  readonly specifier: string | null
  /** The imported names; empty for `* as`, a default, or an import for its effect alone. */
  readonly names: ReadonlyArray<string>
}

const statement =
  /\b(?:import|export)\s+(?:type\s+)?(?:(?:\*(?:\s+as\s+\w+)?|\w+|(?:\w+\s*,\s*)?\{(?<names>[^}]*)\})\s*from\s*)?["'](?<specifier>[^"'\n]+)["']/g
const call = /\b(?:import|require)\s*\(\s*(?:["'`](?<specifier>[^"'`$]+)["'`]\s*[,)])?/g

const withoutComments = (code: string): string =>
  code.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:"'`\\])\/\/.*$/gm, "$1")

/** Returns the imports and re-exports of a file's code, static and dynamic, of values and of types. */
export const importsOf = (code: string): ReadonlyArray<Import> => {
  const text = withoutComments(code)
  return [
    ...[...text.matchAll(statement)].map(({ groups }) => ({
      specifier: groups?.["specifier"] ?? null,
      names: (groups?.["names"] ?? "")
        .split(",")
        .map((name) =>
          name
            .trim()
            .replace(/^type\s+/, "")
            .replace(/\s+as\s+.*$/, ""),
        )
        .filter((name) => name !== ""),
    })),
    ...[...text.matchAll(call)].map(({ groups }) => ({ specifier: groups?.["specifier"] ?? null, names: [] })),
  ]
}

const skipped = new Set(["node_modules", "dist", "coverage"])

/** Every file in the folder, by its path from the root, with forward slashes. */
export const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !path.split("/").some((part) => skipped.has(part)))

export const readSource = (path: string): string => readFileSync(join(root, path), "utf8")
