/** Holds an import of 2,000 tasks to every task once, though it is killed repeatedly. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { exportOf, linesOf, withoutIds } from "../adapters/cli/Exports.ts"
import { run, start } from "../support/commandLine.ts"
import { prepareFolder } from "../support/preparedFolder.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-transfer-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Makes a command print at its exit how much memory it used at most (KiB). Linux counts a process's maximum from the
 * size of its parent on, which is a worker with many tests behind it; `VmHWM` is of the program alone.
 */
const report = `import { existsSync, readFileSync } from "node:fs"
process.on("exit", () => {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : ""
  console.error("held=" + (/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS))
})`
const reportMemory = `data:text/javascript,${encodeURIComponent(report)}`
const megabytesHeld = (errors: string): number => (Number(/held=(\d+)/.exec(errors)?.[1]) * 1024) / 1_000_000

/** How long an import runs before it is killed. */
const beforeKillMillis = 1_500
const kills = 3

it("an import of 2,000 tasks that is killed repeatedly imports each task once", async () => {
  const environment = {
    TASKWRIGHT_CONFIG_DIR: join(folder, "config"),
    DATA_DIR: join(folder, "data"),
    NODE_OPTIONS: `--import=${reportMemory}`,
  }
  await prepareFolder(environment.DATA_DIR)
  const file = join(folder, "in.jsonl")
  const wanted = exportOf(2_000)
  writeFileSync(file, wanted)
  const registered = await run(
    ["register", "ada@example.com", "--name", "Ada", "--password-stdin"],
    environment,
    "Correct Horse 1\n",
  )
  expect(registered.code, registered.errors).toBe(0)

  let interrupted = 0
  for (let attempt = 0; attempt < kills; attempt++) {
    const { child, ended } = start(["import", file], environment)
    const timer = setTimeout(() => child.kill("SIGKILL"), beforeKillMillis)
    if ((await ended).code === null) interrupted++
    clearTimeout(timer)
  }
  const finished = await run(["import", file, "--json"], environment)
  expect(finished.code, finished.errors).toBe(0)
  const { imported, present } = JSON.parse(finished.output) as { imported: number; present: number }
  expect(imported + present).toBe(2_000)
  expect(interrupted).toBeGreaterThan(0)
  expect(megabytesHeld(finished.errors)).toBeLessThan(200)

  const exported = await run(["export"], environment)
  expect(exported.code, exported.errors).toBe(0)
  expect(megabytesHeld(exported.errors)).toBeLessThan(200)
  expect(withoutIds(linesOf(exported.output))).toStrictEqual(withoutIds(linesOf(wanted)))
  const madeAt = (text: string) =>
    linesOf(text).flatMap(({ created_at, type }) => (type === "task" ? [String(created_at)] : []))
  expect(madeAt(exported.output)).toStrictEqual(madeAt(wanted))
  // An incomplete export never has the name of a complete one.
  const out = join(folder, "out.jsonl")
  expect((await run(["export", "-o", out], environment)).code).toBe(0)
  expect(linesOf(readFileSync(out, "utf8")).at(-1)?.type).toBe("end")
})
