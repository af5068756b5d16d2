/** Packs both packages: the library, and the command. */
import { execFileSync } from "node:child_process"
import { renameSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildPackage } from "./build.ts"
import { buildCommandPackage, commandPackageName } from "./commandPackage.ts"

/** Packs a built package next to its folder, and returns the tarball's path. */
const pack = (folder: string, source: string, name: string): string => {
  // A shell finds npm on every system.
  const packed = execFileSync(`npm pack ./${source} --json --ignore-scripts`, {
    cwd: folder,
    encoding: "utf8",
    shell: true,
  } as const)
  const tarball = join(folder, name)
  // The same name for every version, so that the examples can refer to it.
  renameSync(join(folder, JSON.parse(packed)[0].filename), tarball)
  return tarball
}

/** Builds the library in the folder `package`, and packs it next to that as `taskwright.tgz`. Returns that path. */
export const packPackage = (folder: string): string => {
  buildPackage(join(folder, "package"))
  return pack(folder, "package", "taskwright.tgz")
}

/** Builds the command in the folder `command`, and packs it next to that as `taskwright-cli.tgz`. Returns that path. */
export const packCommand = async (folder: string): Promise<string> => {
  await buildCommandPackage(join(folder, "command"))
  return pack(folder, "command", `${commandPackageName}.tgz`)
}

if (import.meta.main) {
  const folder = fileURLToPath(new URL("../dist", import.meta.url))
  console.log(packPackage(folder))
  console.log(await packCommand(folder))
}
