/**
 * Compares this service and Fastify in several processes behind one port, with limits in Redis, and prints the rounds:
 *
 *     node tests/bench/cores.ts [workers]
 *
 * The loader and PostgreSQL take processors too, so the machine should have more of them than there are workers.
 */
import { availableParallelism } from "node:os"
import { compareWork, defaults, ours } from "./parts/compare.ts"
import { installPeer } from "./support/Peers.ts"
import { projectCommand } from "./support/ProjectServer.ts"
import { makePopulation, type System, startSystem } from "./support/System.ts"

const workers = process.argv[2] ?? String(availableParallelism())
const redisUrl = process.env["TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379"

const { command, ...peer } = installPeer("fastify")
const definitions = [
  { name: ours, command: projectCommand() },
  { ...peer, name: "fastify", command: command.map((part) => part.replace(/server\.mjs$/, "cluster.mjs")) },
]

const population = await makePopulation(defaults.users)
const systems: Array<System> = []
try {
  for (const definition of definitions) {
    const settings = {
      WORKERS: workers,
      REDIS_URL: redisUrl,
      REDIS_KEY_PREFIX: `bench-cores-${definition.name}-${process.pid}:`,
    }
    systems.push(await startSystem({ ...definition, settings }, population, defaults.connections))
  }
  for (const work of ["list", "mixed"] as const) {
    const { figures, ratios } = await compareWork(systems, work, defaults)
    const rows = Object.entries(figures).map(([name, { latency, perSecond }]) => [name, { perSecond, ...latency }])
    console.log(`${work}, ${workers} workers: ratio of requests ${JSON.stringify(ratios["fastify"]?.perSecond)}`)
    console.table(Object.fromEntries(rows))
  }
} finally {
  for (const { stop } of systems) await stop()
}
