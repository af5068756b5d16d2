/**
 * Loads the real service on PostgreSQL with 1,000 users at once, each with 100 mixed requests a minute.
 *
 *     node tests/bench/load.ts [users] [seconds]
 *
 * Makes a database of its own on the server of TEST_DATABASE_URL (default: postgres@127.0.0.1:5432). Starts the service
 * with its usual limit of 100 requests a minute and user. The load comes from a process of its own (`loadClient.ts`).
 * Prints what the service used, and latencies, counted from the time at which a request was due rather than sent. The
 * goal: 95 of 100 responses within 200 ms, and no error. The database is dropped at the end.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import type { LoadOrder, LoadReport } from "./loadClient.ts"
import { createDatabase } from "./support/BenchDatabase.ts"
import { makeTokens } from "./support/BenchTokens.ts"
import { type ServerProcess, startServer } from "./support/ServerProcess.ts"

const [users = 1000, seconds = 60] = process.argv.slice(2).map(Number)
const warmUpSeconds = 45
const goalMillis = 200

const here = import.meta.dirname

const measure = async (server: ServerProcess, order: LoadOrder): Promise<LoadReport> => {
  const client = fork(`${here}/loadClient.ts`)
  client.send(order)
  await once(client, "message")
  const cpuBefore = server.cpuMillis()
  const [report] = (await once(client, "message")) as [LoadReport]
  const cpuShare = (server.cpuMillis() - cpuBefore) / (seconds * 1000)
  console.log(
    `service: ${(100 * cpuShare).toFixed(0)} % of one core, ${server.residentMebibytes().toFixed(0)} MiB resident`,
  )
  return report
}

const print = ({ errors, latencies, overall, requests, senderCpuShare }: LoadReport): boolean => {
  console.log(`load process: ${(100 * senderCpuShare).toFixed(0)} % of one core`)
  console.log(`${requests} requests in ${seconds} s: ${(requests / seconds).toFixed(0)} a second`)
  console.table({ ...latencies, all: overall })
  console.log(errors.length === 0 ? "no errors" : `errors: ${errors.map(([what, n]) => `${n} × ${what}`).join(", ")}`)
  const isMet = overall.p95 < goalMillis && errors.length === 0
  console.log(`goal (p95 under ${goalMillis} ms, no errors): ${isMet ? "met" : "MISSED"}`)
  return isMet
}

const database = await createDatabase("load")
try {
  const tokens = makeTokens()
  const server = await startServer(
    ["--max-semi-space-size=32", `${here}/../../bootstrap/server.ts`],
    { ...tokens.settings, DATABASE_URL: database.url, DATA_DIR: "memory:", RATE_LIMIT_IP: "100000" },
    "/health/ready",
  )
  try {
    const owners = await database.addUsers(users, { tasks: 30, categories: 5 })
    const clients = await Promise.all(owners.map(async (user) => ({ ...user, token: await tokens.sign(user) })))
    console.log(`${users} users, ${warmUpSeconds} s to warm up, ${seconds} s measured`)
    const report = await measure(server, { url: server.url.href, clients, warmUpSeconds, seconds })
    process.exitCode = print(report) ? 0 : 1
  } finally {
    await server.stop()
  }
} finally {
  await database.drop()
}
