/** The programs of the project as a benchmark starts them: its server as `npm start` runs it, and its migrations. */
import { readFileSync } from "node:fs"
import { programFile } from "../../support/programs.ts"

const root = `${import.meta.dirname}/../../..`

/** Returns the program in the folder. A test run has bundled those of this one, which start in a third of the time. */
const entryOf = (folder: string, name: "server" | "migrate"): string =>
  folder === root && process.env["TEST_RUN_FOLDER"] !== undefined ? programFile(name) : `${folder}/bootstrap/${name}.ts`

/** Returns the arguments that `npm start` gives to Node, without the file of settings. `folder` has the project. */
export const projectCommand = (folder = root): ReadonlyArray<string> => {
  const { scripts } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const [program, ...args] = (scripts["start"] ?? "").split(" ")
  if (program !== "node") throw new Error(`npm start does not run node: ${scripts["start"]}`)
  return args
    .filter((arg) => !arg.startsWith("--env-file"))
    .map((arg) => (arg === "bootstrap/server.ts" ? entryOf(folder, "server") : arg))
}

/** Returns the program that migrates a database. `folder` has the project. */
export const migrateProgram = (folder = root): string => entryOf(folder, "migrate")
