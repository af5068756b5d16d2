/** Builds the folder of the installable command. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { contributorPages } from "./build.ts"
import { bundleCommand } from "./commandBundle.ts"
import { bundleLauncher } from "./launcher.ts"
import type { RootManifest } from "./manifest.ts"
import { noticesOf } from "./notices.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The name of the package; the library has the name of the project. */
export const commandPackageName = "taskwright-cli"

/** Returns the manifest of the command: it has no entry to import, and no dependency, because all of them are bundled. */
export const commandManifestOf = (manifest: RootManifest) => ({
  name: commandPackageName,
  version: manifest.version,
  description: "Taskwright: tasks in your terminal and a REST API for them, with the database inside.",
  keywords: manifest.keywords,
  license: manifest.license,
  bin: { taskwright: "bin/taskwright.js" },
  engines: manifest.engines,
})

/** Writes the package into the folder. Deletes the folder's earlier content. */
export const buildCommandPackage = async (folder: string): Promise<void> => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, "bin"), { recursive: true })
  await bundleLauncher(join(folder, "bin"))
  const modules = await bundleCommand(join(folder, "dist"))
  const manifest: RootManifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(commandManifestOf(manifest), null, 2)}\n`)
  writeFileSync(join(folder, "THIRD-PARTY-NOTICES"), noticesOf(modules))
  for (const path of ["README.md", "LICENSE", "docs"]) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => !contributorPages.includes(source),
    })
  }
}
