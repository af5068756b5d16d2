/**
 * Measures that tracing costs nothing while it is off, against a checkout from before it, and its cost while it is on.
 *
 *     node tests/bench/tracing.ts CHECKOUT [rounds] [seconds]
 *
 * `CHECKOUT` is a folder with the other version and its packages, such as a git worktree. Three servers run on
 * PostgreSQL: the other version, this one without a collector, and this one that records every trace. They are measured
 * in turn, in many short rounds, and the order alternates. Prints the medians of the ratios of the rounds to the other
 * version, in requests a second and in processor time a request. Processor time depends less on other work of the machine.
 * Two processes of the same version differ by up to 4 % in one operation, so the last line has the mean of all.
 */
import { createServer } from "node:http"
import { availableParallelism, loadavg } from "node:os"
import type { WorkName } from "./loader/works.ts"
import { measureInTurn } from "./support/measure.ts"
import { projectCommand } from "./support/ProjectServer.ts"
import { makePopulation, type System, startSystem } from "./support/System.ts"
import { median } from "./support/statistics.ts"

const [checkout = "", ...numbers] = process.argv.slice(2)
const [rounds = 15, seconds = 1] = numbers.map(Number)
const works: ReadonlyArray<WorkName> = ["get", "list", "update", "create"]

/** A collector that accepts all spans and does not read them. */
const collector = createServer((request, response) => {
  request.resume().once("end", () => response.end())
})
await new Promise((resolve) => collector.listen(0, "127.0.0.1", () => resolve(undefined)))
const address = collector.address()
const port = typeof address === "object" && address !== null ? address.port : 0

const loadLine = () => `load of the machine: ${loadavg()[0]?.toFixed(2)} on ${availableParallelism()} cores`

const population = await makePopulation(128)
const systems: Array<System> = []
try {
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }
  for (const definition of [
    { name: "before", command: projectCommand(checkout), checkout },
    { name: "off", command: projectCommand() },
    { name: "on", command: projectCommand(), settings: tracing },
  ]) {
    systems.push(await startSystem(definition, population, 32))
  }
  console.log(loadLine())
  const rows = []
  const logarithms: Array<number> = []
  for (const work of works) {
    const measured = [...(await measureInTurn(systems, work, { rounds, seconds, warmUpSeconds: 4 })).values()]
    const [before = [], ...others] = measured
    const ratio = (side: number, what: "perSecond" | "cpuMicros"): number =>
      median(before.map((each, round) => (others[side]?.[round]?.[what] ?? Number.NaN) / each[what]))
    logarithms.push(Math.log(ratio(0, "cpuMicros")))
    rows.push({
      work,
      "off, speed": ratio(0, "perSecond").toFixed(3),
      "off, cpu": ratio(0, "cpuMicros").toFixed(3),
      "on, speed": ratio(1, "perSecond").toFixed(3),
      "on, cpu": ratio(1, "cpuMicros").toFixed(3),
      "before, µs": Math.round(median(before.map(({ cpuMicros }) => cpuMicros))),
    })
  }
  console.table(rows)
  const mean = Math.exp(logarithms.reduce((sum, each) => sum + each, 0) / logarithms.length)
  console.log(`processor time while off, to that of the version before: ${mean.toFixed(3)}`)
  console.log(loadLine())
} finally {
  for (const { stop } of systems) await stop()
  collector.close()
  collector.closeAllConnections()
}
