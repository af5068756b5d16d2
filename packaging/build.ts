/** Builds the folder of the published package. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { transitiveSources } from "./compiledSources.ts"
import { documents, entries, publishedPath } from "./entries.ts"
import { manifestOf, type RootManifest } from "./manifest.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The pages about the repository and not about the package. */
export const contributorPages = ["docs/README.md", "docs/decisions"].map((path) => join(root, path))

/** Writes the package into the folder, from the output of `tsc -b`. Deletes the folder's earlier content. */
export const buildPackage = (folder: string): void => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const manifest: RootManifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  rmSync(folder, { recursive: true, force: true })
  const sources = [...Object.values(entries), ...Object.values(manifest.bin)]
  for (const [source, { code, declarations, map }] of transitiveSources(join(root, "dist"), sources)) {
    const path = publishedPath(source)
    write(`${path}.js`, code)
    if (map !== null) write(`${path}.js.map`, map)
    write(`${path}.d.ts`, declarations)
  }
  for (const path of [...Object.values(documents), "README.md", "LICENSE", "docs"]) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => !contributorPages.includes(source),
    })
  }
  write("package.json", `${JSON.stringify(manifestOf(manifest), null, 2)}\n`)
}

if (import.meta.main) buildPackage(join(root, "dist/package"))
