/**
 * Measures the writes of this version against those of another checkout.
 *
 *     node tests/bench/versions.ts CHECKOUT [rounds] [seconds]
 *
 * `CHECKOUT` is a folder with the other version and its packages, such as a git worktree. Both servers run on
 * PostgreSQL, and are measured in turn, in short rounds, and the order alternates. Prints the medians of the ratios of
 * the rounds to the other version, in requests a second and in processor time a request.
 */
import { availableParallelism, loadavg } from "node:os"
import { type Measurement, measure, type Side, startSide, stopSide, writes } from "./support/Side.ts"
import { median } from "./support/statistics.ts"

const [checkout = "", ...numbers] = process.argv.slice(2)
const [rounds = 15, seconds = 1] = numbers.map(Number)
const warmUpSeconds = 4
const root = `${import.meta.dirname}/../..`

const sides: Array<Side> = []
try {
  for (const [name, folder] of [
    ["before", checkout],
    ["after", root],
  ] as const) {
    sides.push(await startSide(name, [`${folder}/bootstrap/server.ts`], { checkout: folder }))
  }
  const rows = []
  for (const [name, operation] of Object.entries(writes)) {
    for (const side of sides) await measure(side, operation, warmUpSeconds)
    const ratios: Array<Record<keyof Measurement, number>> = []
    const before: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      const results = new Map<Side, Measurement>()
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        results.set(side, await measure(side, operation, seconds))
      }
      const [one, other] = sides.map((side) => results.get(side))
      if (one === undefined || other === undefined) throw new Error("both sides are measured")
      before.push(one.cpuMicros)
      ratios.push({ perSecond: other.perSecond / one.perSecond, cpuMicros: other.cpuMicros / one.cpuMicros })
    }
    rows.push({
      operation: name,
      speed: median(ratios.map(({ perSecond }) => perSecond)).toFixed(3),
      cpu: median(ratios.map(({ cpuMicros }) => cpuMicros)).toFixed(3),
      "before, µs": Math.round(median(before)),
    })
  }
  console.table(rows)
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(2)} on ${availableParallelism()} cores`)
} finally {
  for (const side of sides) await stopSide(side)
}
