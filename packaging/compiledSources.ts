/** Reads the output of `tsc -b` for the package. */
import { readFileSync } from "node:fs"
import { basename, join, posix } from "node:path"

/** The published output of one source. */
export interface CompiledSource {
  readonly code: string
  readonly declarations: string
  /** Null for data: its map would hold all of it a second time, and point from each line to itself. */
  readonly map: string | null
}

/** The sources that hold data and nothing to step through. */
const dataSources: ReadonlySet<string> = new Set(["domain/accounts/commonPasswordList.ts"])

const mapComment = /\n\/\/# sourceMappingURL=.*\s*$/

/**
 * Reads what `tsc -b` emitted for the source. Code already imports `.js`; declarations still import `.ts`, which no
 * package contains. The source map embeds its source, so it names it as a neighbour. A declaration's map would point to
 * nothing.
 */
export const readCompiled = (folder: string, source: string): CompiledSource => {
  const path = join(folder, source.replace(/\.ts$/, ""))
  const code = readFileSync(`${path}.js`, "utf8")
  const map = JSON.parse(readFileSync(`${path}.js.map`, "utf8"))
  const isData = dataSources.has(source)
  return {
    code: isData ? code.replace(mapComment, "\n") : code,
    declarations: readFileSync(`${path}.d.ts`, "utf8")
      .replaceAll(/((?:from|import)\s*\(?)"(\.[^"]+)\.ts"/g, '$1"$2.js"')
      .replace(mapComment, "\n"),
    map: isData ? null : JSON.stringify({ ...map, sources: [basename(source)] }),
  }
}

const relativeImports = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)\.js"/g)].map(([, specifier = ""]) => `${specifier}.ts`)

/** Returns the sources and everything that they import, as values or types: exactly the files to publish. */
export const transitiveSources = (
  folder: string,
  sources: ReadonlyArray<string>,
): ReadonlyMap<string, CompiledSource> => {
  const found = new Map<string, CompiledSource>()
  const waiting = [...sources]
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (found.has(source)) continue
    const compiled = readCompiled(folder, source)
    found.set(source, compiled)
    for (const specifier of relativeImports(compiled.code + compiled.declarations)) {
      waiting.push(posix.join(posix.dirname(source), specifier))
    }
  }
  return found
}
