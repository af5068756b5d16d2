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
import { type Measurement, measure, operations, type Side, startSide, stopSide } from "./support/Side.ts"
import { median } from "./support/statistics.ts"

const [checkout = "", ...numbers] = process.argv.slice(2)
const [rounds = 15, seconds = 1] = numbers.map(Number)
const warmUpSeconds = 4
const root = `${import.meta.dirname}/../..`

/** A collector that accepts all spans and does not read them. */
const collector = createServer((request, response) => {
  request.resume().once("end", () => response.end())
})
await new Promise((resolve) => collector.listen(0, "127.0.0.1", () => resolve(undefined)))
const address = collector.address()
const port = typeof address === "object" && address !== null ? address.port : 0

const sides: Array<Side> = []
const start = async (name: string, folder: string, settings: Record<string, string> = {}) => {
  sides.push(await startSide(name, [`${folder}/bootstrap/server.ts`], { checkout: folder, settings }))
}
try {
  await start("before", checkout)
  await start("off", root)
  await start("on", root, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(2)} on ${availableParallelism()} cores`)
  const rows = []
  const logarithms: Array<number> = []
  for (const [name, operation] of Object.entries(operations)) {
    for (const side of sides) await measure(side, operation, warmUpSeconds)
    const measured: Array<ReadonlyArray<Measurement>> = []
    for (let round = 0; round < rounds; round++) {
      const results: Array<Measurement> = []
      const order = sides.map((_, index) => index)
      for (const index of round % 2 === 0 ? order : order.toReversed()) {
        const side = sides[index]
        if (side !== undefined) results[index] = await measure(side, operation, seconds)
      }
      measured.push(results)
    }
    const ratio = (side: number, what: keyof Measurement): number =>
      median(measured.map((results) => (results[side]?.[what] ?? 0) / (results[0]?.[what] ?? 0)))
    logarithms.push(Math.log(ratio(1, "cpuMicros")))
    rows.push({
      operation: name,
      "off, speed": ratio(1, "perSecond").toFixed(3),
      "off, cpu": ratio(1, "cpuMicros").toFixed(3),
      "on, speed": ratio(2, "perSecond").toFixed(3),
      "on, cpu": ratio(2, "cpuMicros").toFixed(3),
      "before, µs": Math.round(median(measured.map(([before]) => before?.cpuMicros ?? 0))),
    })
  }
  console.table(rows)
  const mean = Math.exp(logarithms.reduce((sum, each) => sum + each, 0) / logarithms.length)
  console.log(`processor time while off, to that of the version before: ${mean.toFixed(3)}`)
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(2)} on ${availableParallelism()} cores`)
} finally {
  for (const side of sides) await stopSide(side)
  collector.close()
  collector.closeAllConnections()
}
