import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { drawCommandLine } from "./commandLinePicture.ts"

/** Writes the README's picture of the command line anew: `npm run picture`. */
writeFileSync(fileURLToPath(new URL("../../docs/command-line.svg", import.meta.url)), await drawCommandLine())
