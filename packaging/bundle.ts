/** Bundles the programs, because most of the time that a command needs to start goes into finding hundreds of modules. */
import { chmodSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("..", import.meta.url))

const programs = ["cli", "server", "migrate"] as const

/** The packages of Effect, without which no program starts. The others are loaded where they are needed. */
const isBundled = (name: string): boolean => name === "effect" || name.startsWith("@effect/")

/**
 * Writes each program of `bootstrap` with its modules into the folder, as `cli.js`, `server.js` and `migrate.js`. The
 * packages that are not bundled must be found from the folder.
 */
export const bundlePrograms = async (folder: string): Promise<void> => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  const external = Object.keys(dependencies).filter((name) => !isBundled(name))
  const build = await rolldown({
    input: Object.fromEntries(programs.map((name) => [name, join(root, "bootstrap", `${name}.ts`)])),
    platform: "node",
    external: (specifier) => external.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
    resolve: { alias: { "taskwright/package.json": join(root, "package.json") } },
  })
  await build.write({ dir: folder, format: "esm" })
  await build.close()
  for (const name of programs) chmodSync(join(folder, `${name}.js`), 0o755)
}

if (import.meta.main) await bundlePrograms(join(root, "dist/programs"))
