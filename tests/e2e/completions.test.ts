/** Holds the completions of a real Bash to tasks and categories of the user. */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { childEnvironment } from "../support/childEnvironment.ts"
import { run } from "../support/commandLine.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { programFile } from "../support/programs.ts"
import { quoted } from "../support/pseudoTerminal.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-completions-"))
const local = { TASKWRIGHT_CONFIG_DIR: join(folder, "config"), DATA_DIR: join(folder, "data") }
const program = join(folder, "taskwright")

/** Returns what Bash offers for the last word, as a user would see it. */
const complete = async (...words: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const script = `
    source ${quoted(join(folder, "completions.bash"))}
    COMP_WORDS=(${[program, ...words].map(quoted).join(" ")})
    COMP_CWORD=${words.length}
    COMP_LINE="\${COMP_WORDS[*]}"
    COMP_POINT=\${#COMP_LINE}
    _taskwright_live
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const child = spawn("bash", ["--norc", "-c", script], { env: { ...childEnvironment, ...local } })
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk
  })
  await new Promise((resolve) => child.once("close", resolve))
  return output.split("\n").filter((row) => row !== "")
}

beforeAll(async () => {
  await prepareFolder(local.DATA_DIR)
  const command = [process.execPath, programFile("cli")].map(quoted).join(" ")
  writeFileSync(program, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 })
  writeFileSync(join(folder, "completions.bash"), (await run(["--completions", "bash"], local)).output)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the completions of Bash", () => {
  it("offer nothing, and create nothing, before there is a list", async () => {
    expect(await complete("done", "")).toEqual([])
  })

  it("offer open tasks with their titles, categories with blanks, and the words of the command", async () => {
    const ids: Array<string> = []
    for (const title of ["Buy milk", "Call Ada"]) {
      ids.push(JSON.parse((await run(["add", title, "--json"], local)).output).task.id.slice(-8))
    }
    for (const name of ["home", "home office"]) await run(["category", "add", name], local)
    const both = [`${ids[0]}  Buy milk`, `${ids[1]}  Call Ada`]
    expect((await complete("done", "")).toSorted()).toEqual(both.toSorted())
    expect(await complete("done", "milk")).toEqual([ids[0]])
    expect(await complete("add", "x", "--category", "")).toEqual(["home", "home\\ office"])
    expect(await complete("category", "rm", "home\\ o")).toEqual(["home\\ office"])
    expect(await complete("tod")).toEqual(["today"])
    expect(await complete("list", "--st")).toEqual(["--status"])
  })
})
