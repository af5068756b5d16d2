/**
 * Vitest's global set-up of a folder for one test run. It holds what is expensive to make and the same for every test:
 * the bundled programs, compiled modules, and a new database.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makePrograms } from "./programs.ts"

/** Makes the folder before the first test file, and removes it after the last. */
export default async () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-run-"))
  // Tests start the programs in it as a user without permissions, too.
  chmodSync(folder, 0o755)
  process.env["TEST_RUN_FOLDER"] = folder
  // Node keeps the compiled modules there, also the product's without their types, for all processes of the run.
  process.env["NODE_COMPILE_CACHE"] = join(folder, "modules")
  await makePrograms(folder)
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
