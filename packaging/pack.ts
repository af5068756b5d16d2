/** Packs the package for the examples and the tests. */
import { execFileSync } from "node:child_process"
import { renameSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildPackage } from "./build.ts"

/**
 * Builds the package in the folder `package`, packs it next to that as `taskwright.tgz`, and returns the tarball's
 * path.
 */
export const packPackage = (folder: string): string => {
  buildPackage(join(folder, "package"))
  // A shell finds npm on every system.
  const packed = execFileSync("npm pack ./package --json --ignore-scripts", {
    cwd: folder,
    encoding: "utf8",
    shell: true,
  } as const)
  const tarball = join(folder, "taskwright.tgz")
  // The same name for every version, so that the examples can refer to it.
  renameSync(join(folder, JSON.parse(packed)[0].filename), tarball)
  return tarball
}

if (import.meta.main) console.log(packPackage(fileURLToPath(new URL("../dist", import.meta.url))))
