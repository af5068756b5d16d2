/**
 * Walks through the first minutes on a new machine with the command that the arguments name, and prints how long each
 * step took: `node tests/support/newMachine.script.ts taskwright`. Without arguments, it is the command of this clone.
 */
import { fileURLToPath } from "node:url"
import { walkNewMachine } from "./newMachine.ts"

const own = [process.execPath, fileURLToPath(new URL("../../bootstrap/cli.ts", import.meta.url))]
const given = process.argv.slice(2)
const walked = await walkNewMachine(given.length === 0 ? own : given)
for (const { code, isRight, millis, shown, typed } of walked) {
  console.log(
    `$ ${typed}\n${shown.trimEnd()}\n[${isRight ? "right" : `wrong, exit code ${code}`}, ${millis.toFixed(0)} ms]\n`,
  )
}
const total = walked.reduce((sum, { millis }) => sum + millis, 0)
console.log(`${walked.length} commands in ${total.toFixed(0)} ms`)
process.exitCode = walked.every(({ isRight }) => isRight) ? 0 : 1
