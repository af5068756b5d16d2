/** Redraws the README's picture of the command line: `npm run picture`. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import makeRunFolder from "../support/runFolder.ts"

const removeRunFolder = await makeRunFolder()
try {
  // Imported now, because it runs the programs that the folder has.
  const { drawCommandLine } = await import("./commandLinePicture.ts")
  writeFileSync(fileURLToPath(new URL("../../docs/command-line.svg", import.meta.url)), await drawCommandLine())
} finally {
  removeRunFolder()
}
