/**
 * The first file of the installed command. It starts the command in a Node that can run it. It is bundled as a script
 * that Node 6 can parse, so that an older Node prints one line instead of a syntax error.
 */
import { join } from "node:path"
import { useCompileCache } from "./CompileCache.ts"
import { findNode } from "./FindNode.ts"
import { isSuitable, minimumMajor } from "./NodeVersion.ts"
import { runUnder } from "./RunUnder.ts"

declare const require: (path: string) => unknown
declare const __dirname: string
declare const __filename: string

/** The exit code of a command that lacks what it needs. */
const unavailable = 6

const fail = (problem: string): void => {
  process.stderr.write(
    `taskwright: ${problem} Install Node ${minimumMajor} or newer (https://nodejs.org), or set TASKWRIGHT_NODE to the path of one.\n`,
  )
  process.exitCode = unavailable
}

const launch = (): void => {
  if (isSuitable(process.version)) {
    useCompileCache(join(__dirname, "..", "package.json"))
    require("../dist/cli.mjs")
    return
  }
  const named = process.env["TASKWRIGHT_NODE"] || null
  const found = findNode(named)
  if (found !== null) runUnder(found, [__filename].concat(process.argv.slice(2)))
  else if (named === null) fail(`Node ${process.version} is too old.`)
  else fail(`TASKWRIGHT_NODE=${named} is no Node ${minimumMajor} or newer.`)
}

launch()
