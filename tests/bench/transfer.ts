/**
 * Exports and imports 100,000 tasks with the command itself, on the database of DATABASE_URL (or the embedded one).
 * Kills the first import. Prints how long each took and how much memory its process used at most. Removes nothing, so
 * give it a database of its own. `node tests/bench/transfer.ts [tasks]`
 */
import { spawn } from "node:child_process"
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { finished } from "node:stream/promises"
import { fileURLToPath } from "node:url"
import { exportOf } from "../adapters/cli/Exports.ts"

const tasks = Number(process.argv[2] ?? 100_000)
const killAfterMillis = 5_000
const entry = fileURLToPath(new URL("../../bootstrap/cli.ts", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "taskwright-bench-"))
const reportMemory = `data:text/javascript,process.on("exit",()=>console.error("maxRSS="+process.resourceUsage().maxRSS))`

const command = async (args: ReadonlyArray<string>, input = "", killMillis: number | null = null) => {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ["--max-semi-space-size=4", "--import", reportMemory, entry, ...args], {
    env: { DATA_DIR: join(folder, "data"), ...process.env, TASKWRIGHT_CONFIG_DIR: join(folder, "config") },
  })
  let errors = ""
  child.stderr.on("data", (chunk) => {
    errors += String(chunk)
  })
  child.stdout.resume()
  child.stdin.end(input)
  const timer = killMillis === null ? undefined : setTimeout(() => child.kill("SIGKILL"), killMillis)
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve))
  clearTimeout(timer)
  if (code !== 0 && killMillis === null) throw new Error(`${args.join(" ")}: ${errors}`)
  const megabytes = Math.round((Number(/maxRSS=(\d+)/.exec(errors)?.[1] ?? 0) * 1024) / 1_000_000)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${args[0]?.padEnd(9)} ${seconds.padStart(6)} s ${code === null ? "killed" : `${megabytes} MB`}`)
}

const password = "Correct Horse 1\n"
const own = /"(?:id|user_id|version|created_at|updated_at|exported_at)":(?:"[^"]*"|\d+),?/g

/** The lines of an export in the file's order, without the fields that an import generates. */
async function* contentOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) yield line.replace(own, "")
}

const isSame = async (one: string, other: string): Promise<boolean> => {
  const others = contentOf(other)
  for await (const line of contentOf(one)) if ((await others.next()).value !== line) return false
  return (await others.next()).done === true
}

const wanted = join(folder, "wanted.jsonl")
const file = createWriteStream(wanted)
file.end(exportOf(tasks))
await finished(file)

for (const round of ["first", "second"]) {
  await command(["register", `${round}${Date.now()}@example.com`, "--name", "Bench", "--password-stdin"], password)
  const source = round === "first" ? wanted : join(folder, "first.jsonl")
  if (round === "first") await command(["import", source], "", killAfterMillis)
  await command(["import", source])
  await command(["export", "-o", join(folder, `${round}.jsonl`)])
}
const same = await isSame(join(folder, "first.jsonl"), join(folder, "second.jsonl"))
console.log(`${tasks} tasks: the two exports are ${same ? "the same" : "DIFFERENT"}`)
rmSync(folder, { recursive: true })
process.exitCode = same ? 0 : 1
