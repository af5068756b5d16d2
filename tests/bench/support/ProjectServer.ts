/** The command of the project's own server, as `npm start` runs it. */
import { readFileSync } from "node:fs"

const root = `${import.meta.dirname}/../../..`

/** Returns the arguments that `npm start` gives to Node, without the file of settings. `folder` has the project. */
export const projectCommand = (folder = root): ReadonlyArray<string> => {
  const { scripts } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const [program, ...args] = (scripts["start"] ?? "").split(" ")
  if (program !== "node") throw new Error(`npm start does not run node: ${scripts["start"]}`)
  return args
    .filter((arg) => !arg.startsWith("--env-file"))
    .map((arg) => (arg.startsWith("-") ? arg : `${folder}/${arg}`))
}
