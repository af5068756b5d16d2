/** Temporary folders for tests. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"

/** Makes an empty folder that is removed with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "taskwright-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)
