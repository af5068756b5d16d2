/** Runs exports and imports of one command line, for tests of export and import. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"
import type { CommandLine } from "./Commands.ts"
import { linesOf, withoutIds } from "./Exports.ts"

/** Registers an account and signs in to it. */
export const signUp = (line: CommandLine, email: string) =>
  line.run(["register", email, "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")

/** Returns the path of a file in the folder of the command line. */
export const pathOf = (line: CommandLine, name: string): string => join(line.folder, name)

/** Exports the account to out.jsonl, and returns the content that an import preserves. */
export const exportAll = async (line: CommandLine): Promise<ReadonlyArray<unknown>> => {
  expect((await line.run(["export", "-o", pathOf(line, "out.jsonl"), "--force"])).code).toBe(0)
  return withoutIds(linesOf(readFileSync(pathOf(line, "out.jsonl"), "utf8")))
}

/** Imports a file, and returns the counts of the report as well; null if there is no report. */
export const importCounts = async (line: CommandLine, ...args: ReadonlyArray<string>) => {
  const ran = await line.run(["import", ...args, "--json"])
  return { ...ran, counts: ran.output === "" ? null : JSON.parse(ran.output) }
}
