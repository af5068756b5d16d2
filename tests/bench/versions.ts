/**
 * Measures this version against another checkout.
 *
 *     node tests/bench/versions.ts CHECKOUT [rounds] [seconds] [work ...]
 *
 * `CHECKOUT` is a folder with the other version and its packages, such as a git worktree. Both servers run on PostgreSQL,
 * and are measured in turn, in short rounds, and the order alternates. Prints the medians of the ratios of the rounds to
 * the other version, in requests a second and in processor time a request. Default works: those that write.
 */
import { availableParallelism, loadavg } from "node:os"
import { type WorkName, workNames } from "./loader/works.ts"
import { compareWork } from "./parts/compare.ts"
import { projectCommand } from "./support/ProjectServer.ts"
import { makePopulation, type System, startSystem } from "./support/System.ts"

const [checkout = "", rounds = "15", seconds = "1", ...names] = process.argv.slice(2)
const works: ReadonlyArray<WorkName> =
  names.length === 0 ? ["update", "create", "delete"] : workNames.filter((name) => names.includes(name))

const population = await makePopulation(128)
const systems: Array<System> = []
try {
  systems.push(await startSystem({ name: "after", command: projectCommand() }, population, 32))
  const before = { name: "before", command: projectCommand(checkout), checkout }
  systems.push(await startSystem(before, population, 32))
  const rows: Record<string, object> = {}
  for (const work of works) {
    const options = { rounds: Number(rounds), seconds: Number(seconds), warmUpSeconds: 4 }
    const { figures, ratios } = await compareWork(systems, work, options)
    rows[work] = {
      speed: ratios["before"]?.perSecond.median,
      cpu: ratios["before"]?.cpu?.median,
      "before, µs": figures["before"]?.cpuMicros,
    }
  }
  console.table(rows)
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(2)} on ${availableParallelism()} cores`)
} finally {
  for (const { stop } of systems) await stop()
}
