/** Runs each piece of the benchmark once, with tiny numbers. No time is asserted. */
import { expect, it } from "vitest"
import { notRunName } from "../support/notRun.ts"
import { describeOnPostgres } from "../support/postgres.ts"
import { workNames } from "./loader/works.ts"
import { type Comparison, compare } from "./parts/compare.ts"
import { measureGrowth } from "./parts/growth.ts"
import { measureHeadline } from "./parts/headline.ts"
import { measureMemory } from "./parts/memory.ts"
import { drawChart } from "./report/chart.ts"
import { writeReport } from "./report/markdown.ts"
import { readResults } from "./report/results.ts"
import { hasPgbench, startFloor } from "./support/Floor.ts"
import { installPeer, peerNames } from "./support/Peers.ts"
import { makePopulation } from "./support/System.ts"

/** Why the peers' packages are not there; undefined if they are. */
const absence = ((): string | undefined => {
  try {
    for (const name of peerNames) installPeer(name)
    return undefined
  } catch {
    return "no packages of the benchmark's peers"
  }
})()

const tiny = { rounds: 1, seconds: 0.05, warmUpSeconds: 0.05, connections: 2, users: 2 }

const measured = (result: Comparison) =>
  Object.values(result.works).flatMap(({ figures }) => Object.values(figures).map(({ perSecond }) => perSecond > 0))

describeOnPostgres("the benchmark", () => {
  const itWithPeers = absence === undefined ? it : it.skip

  itWithPeers(
    absence === undefined ? "compares systems that answer alike" : notRunName("comparison", absence),
    async () => {
      const seen: Array<string> = []
      const result = await compare({ ...tiny, works: workNames, peers: peerNames, withFloor: false }, (work) =>
        seen.push(work),
      )
      expect(seen).toStrictEqual(workNames)
      expect(measured(result)).toHaveLength(workNames.length * (1 + peerNames.length))
      expect(measured(result)).not.toContain(false)
      expect(writeReport({ compare: result })).toContain("| mixed |")
      expect(drawChart(result)).toContain("NestJS + TypeORM")
    },
  )

  const itWithFloor = hasPgbench() ? it : it.skip
  itWithFloor(hasPgbench() ? "runs the service's statements alone" : notRunName("floor", "no pgbench"), async () => {
    const floor = await startFloor(await makePopulation(2))
    try {
      for (const work of workNames.filter(floor.can)) {
        expect((await floor.run(work, 1)).latencies.length, work).toBeGreaterThan(0)
      }
    } finally {
      await floor.stop()
    }
  })

  it("measures users at full quota, growth and memory", async () => {
    const headline = await measureHeadline({ users: 3, warmUpSeconds: 0.3, seconds: 1 })
    expect(headline.quota.errors).toStrictEqual([])
    expect(headline.quota.overall.n).toBeGreaterThan(0)
    const growth = await measureGrowth({ sizes: [250], requests: 2, embedded: 20, million: false })
    expect(growth.sizes["250"]?.["last page by cursor"]?.n).toBe(2)
    const memory = await measureMemory({ connections: 3, settleSeconds: 0.01 })
    expect(memory.connections).toBe(3)
    expect(writeReport({ headline, growth, memory })).toContain("3 users at full quota")
  })
})

it("has committed results that the guard can read", () => {
  expect(readResults().compare?.works.list?.ratios["fastify"]?.perSecond.median).toBeGreaterThan(0)
})
