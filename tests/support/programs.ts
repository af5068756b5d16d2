/** The programs of the project as child processes of tests run them: bundled, because that halves the time of a start. */
import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { bundlePrograms } from "../../packaging/bundle.ts"
import { root } from "./sources.ts"

const folderIn = (runFolder: string): string => join(runFolder, "programs")

/** Bundles the programs into the folder of a test run. */
export const makePrograms = async (runFolder: string): Promise<void> => {
  symlinkSync(join(root, "node_modules"), join(runFolder, "node_modules"), "junction")
  await bundlePrograms(folderIn(runFolder))
}

/** The path of a program's entry point. */
export const programFile = (name: "cli" | "server" | "migrate"): string => {
  const runFolder = process.env["TEST_RUN_FOLDER"]
  if (runFolder === undefined) throw new Error("runFolder.ts is no global set-up of these tests")
  return join(folderIn(runFolder), `${name}.js`)
}
