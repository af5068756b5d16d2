/**
 * Vitest's global set-up of a folder for one test run. It holds what is expensive to make and the same for every test:
 * compiled modules, and a new database.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Makes the folder before the first test file, and removes it after the last. */
export default () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-run-"))
  process.env["TEST_RUN_FOLDER"] = folder
  // Node keeps the compiled modules there, also the product's without their types, for all processes of the run.
  process.env["NODE_COMPILE_CACHE"] = join(folder, "modules")
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
