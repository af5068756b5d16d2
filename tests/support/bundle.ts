/** Bundles code for browsers, so that tests can see what a bundle contains and run it. */
import { join } from "node:path"
import { rolldown } from "rolldown"
import { root } from "./sources.ts"

/** A program and all its imports, as one file for browsers. */
export interface Bundle {
  readonly code: string
  /** The modules in the bundle: the project's files by their paths from the root, packages by `node_modules/…`. */
  readonly modules: ReadonlyArray<string>
  /** The specifiers of imports that could not be bundled. */
  readonly imports: ReadonlyArray<string>
}

/** Bundles the entry (a path from the root) for browsers. */
export const bundleForBrowsers = async (entry: string, minify = false): Promise<Bundle> => {
  const imports: Array<string> = []
  const build = await rolldown({
    input: join(root, entry),
    platform: "browser",
    external: (specifier) => {
      if (!specifier.startsWith("node:")) return false
      imports.push(specifier)
      return true
    },
  })
  const { output } = await build.generate({ format: "esm", minify })
  await build.close()
  const [chunk] = output
  return {
    code: chunk.code,
    modules: chunk.moduleIds.map((id) =>
      id.slice(id.indexOf("node_modules/") === -1 ? root.length + 1 : id.indexOf("node_modules/")),
    ),
    imports: [...imports, ...chunk.imports],
  }
}
