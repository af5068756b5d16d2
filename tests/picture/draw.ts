/** Redraws the README's picture of the command line: `npm run picture`. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { drawCommandLine } from "./commandLinePicture.ts"

writeFileSync(fileURLToPath(new URL("../../docs/command-line.svg", import.meta.url)), await drawCommandLine())
