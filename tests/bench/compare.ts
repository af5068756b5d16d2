/**
 * Measures how many requests a second the service answers, against a hand-written server on Fastify and pg (`baseline/`).
 *
 *     (cd tests/bench/baseline && npm ci) && node tests/bench/compare.ts [rounds] [seconds]
 *
 * Both have a database of their own with the same rows, and the same tokens. They are measured in turn, operation by
 * operation, so that both have the same conditions. Each of 32 connections sends the next request when it has its
 * response. Prints the medians of the rounds and their ratios, in requests a second and in processor time a request.
 * Processor time depends less on the machine's other work.
 */
import {
  type Measurement,
  measure,
  type Operation,
  operations,
  type Side,
  startSide,
  stopSide,
} from "./support/Side.ts"
import { median } from "./support/statistics.ts"

const [rounds = 5, seconds = 3] = process.argv.slice(2).map(Number)
const warmUpSeconds = 5
const root = `${import.meta.dirname}/../..`

const compare = async (sides: readonly [Side, Side], name: string, operation: Operation) => {
  for (const side of sides) await measure(side, operation, warmUpSeconds)
  const [ours, theirs]: [Array<Measurement>, Array<Measurement>] = [[], []]
  for (let round = 0; round < rounds; round++) {
    ours.push(await measure(sides[0], operation, seconds))
    theirs.push(await measure(sides[1], operation, seconds))
  }
  const of = (measured: ReadonlyArray<Measurement>, what: keyof Measurement) => median(measured.map((it) => it[what]))
  return {
    operation: name,
    "taskwright/s": Math.round(of(ours, "perSecond")),
    "baseline/s": Math.round(of(theirs, "perSecond")),
    ratio: (of(ours, "perSecond") / of(theirs, "perSecond")).toFixed(2),
    "taskwright µs": Math.round(of(ours, "cpuMicros")),
    "baseline µs": Math.round(of(theirs, "cpuMicros")),
    "cpu ratio": (of(ours, "cpuMicros") / of(theirs, "cpuMicros")).toFixed(2),
  }
}

const sides: Array<Side> = []
try {
  const ours = await startSide("ours", [`${root}/bootstrap/server.ts`])
  sides.push(ours)
  const theirs = await startSide("baseline", [`${import.meta.dirname}/baseline/server.mjs`])
  sides.push(theirs)
  const rows = []
  for (const [name, operation] of Object.entries(operations)) rows.push(await compare([ours, theirs], name, operation))
  console.table(rows)
} finally {
  for (const side of sides) await stopSide(side)
}
