/**
 * Compares this version's ratios to Fastify and pg with the committed ones, in a short run: `npm run bench:check`. Fails if
 * a ratio, in requests a second or in processor time, has become more than 15 % worse. A work that fails is measured a
 * second time, because other work of the machine can look like a loss.
 */
import type { WorkName } from "./loader/works.ts"
import { compareWork, defaults, ours, type Ratio, startAll } from "./parts/compare.ts"
import { readResults } from "./report/results.ts"
import { makePopulation } from "./support/System.ts"

const peer = "fastify"
const works: ReadonlyArray<WorkName> = ["list", "get", "create", "update", "mixed"]
const maxLoss = 0.15
const rounds = { rounds: 5, seconds: 0.4, warmUpSeconds: 1 }
const attempts = 2

const committed = readResults().compare
if (committed === undefined) throw new Error("there is no committed result to compare with: npm run bench -- compare")

/** Returns how much worse the ratio is than the committed one: 0.1 is a loss of 10 %, a negative number is a gain. */
const lossesOf = (before: Ratio, now: Ratio) => ({
  requests: 1 - now.perSecond.median / before.perSecond.median,
  processor: before.cpu === null || now.cpu === null ? 0 : 1 - before.cpu.median / now.cpu.median,
})

const population = await makePopulation(defaults.users)
const systems = await startAll(population, { connections: defaults.connections, peers: [peer] })
try {
  const rows: Record<string, object> = {}
  for (const work of works) {
    const before = committed.works[work]?.ratios[peer]
    if (before === undefined) throw new Error(`the committed results have no ratio of ${work}`)
    let best = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < attempts && best > maxLoss; attempt++) {
      const now = (await compareWork(systems, work, rounds)).ratios[peer]
      if (now === undefined) throw new Error(`there is no ratio of ${work}`)
      const { processor, requests } = lossesOf(before, now)
      const worst = Math.max(processor, requests)
      if (worst >= best) continue
      best = worst
      rows[work] = {
        "requests, committed": before.perSecond.median,
        "requests, now": now.perSecond.median,
        "processor, committed": before.cpu?.median,
        "processor, now": now.cpu?.median,
        loss: `${Math.round(100 * worst)} %`,
      }
    }
    console.log(work, rows[work])
    if (best > maxLoss) process.exitCode = 1
  }
  console.log(`${ours} to ${peer}`)
  console.table(rows)
  if (process.exitCode === 1) console.error(`a ratio has become more than ${100 * maxLoss} % worse`)
} finally {
  for (const { stop } of systems) await stop()
}
