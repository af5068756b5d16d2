/** Holds an export to its target: standard output, a full disk or a FIFO. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { linesOf } from "../adapters/cli/Exports.ts"
import { run, start } from "../support/commandLine.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { programFile } from "../support/programs.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-export-"))
const environment = { TASKWRIGHT_CONFIG_DIR: join(folder, "config"), DATA_DIR: join(folder, "data") }
const entry = programFile("cli")

/** Runs the command as a shell does, with its output redirected. */
const inShell = async (command: string) => {
  const child = spawn("sh", ["-c", command, process.execPath, entry], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let errors = ""
  child.stderr.on("data", (chunk) => {
    errors += String(chunk)
  })
  child.stdout.resume()
  const [code] = await once(child, "close")
  return { code, errors }
}

beforeAll(async () => {
  await prepareFolder(environment.DATA_DIR)
  const args = ["register", "ada@example.com", "--name", "Ada", "--password-stdin"]
  expect((await run(args, environment, "Correct Horse 1\n")).code).toBe(0)
  expect((await run(["add", "A task"], environment)).code).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the target of an export", () => {
  it("is standard output for -, and no file of that name", async () => {
    for (const name of ["-", "/dev/stdout"]) {
      const { code, output } = await run(["export", "-o", name], environment)
      expect(code).toBe(0)
      expect(linesOf(output).at(-1)?.type).toBe("end")
    }
    expect(existsSync("-")).toBe(false)
  })

  it("on a full disk gives one line of error for every command", async () => {
    const line = /^taskwright: \S.* cannot be used: no space is left on the disk \(ENOSPC\)\n$/
    for (const command of ["export > /dev/full", "export -o /dev/full", "list > /dev/full", "--help > /dev/full"]) {
      const { code, errors } = await inShell(`exec "$0" "$1" ${command}`)
      expect(code, command).toBe(1)
      expect(errors).toMatch(line)
    }
    const json = await inShell('exec "$0" "$1" list --json > /dev/full')
    expect(JSON.parse(json.errors).error.code).toBe("file_unusable")
  })

  it("can be a FIFO, which stays one; Ctrl-C ends an export without a reader", async () => {
    const fifo = join(folder, "fifo")
    execFileSync("mkfifo", [fifo])
    const holder = join(environment.DATA_DIR, "lock.json")
    rmSync(holder, { force: true })
    const { child, ended } = start(["export", "-o", fifo], environment)
    // Before that, the process does not handle signals yet.
    while (!existsSync(holder)) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill("SIGINT")
    expect((await ended).code).toBe(130)
    const reader = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "ignore"] })
    let read = ""
    reader.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      read += chunk
    })
    const closed = once(reader, "close")
    expect((await run(["export", "-o", fifo, "--force"], environment)).code).toBe(0)
    await closed
    expect(linesOf(read).at(-1)?.type).toBe("end")
    expect(statSync(fifo).isFIFO()).toBe(true)
  })
})
