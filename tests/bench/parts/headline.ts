/**
 * The part with the headline. First 1,000 users at once at full quota: 100 requests a minute each, with the usual limit.
 * Then 1,000 connections, each of which sends its next request when it has its response.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import type { QuotaOrder, QuotaReport } from "../loader/quotaLoader.ts"
import { createDatabase } from "../support/BenchDatabase.ts"
import { startLoader } from "../support/Loader.ts"
import { describeMachine, type Machine } from "../support/Machine.ts"
import { projectCommand } from "../support/ProjectServer.ts"
import { type ServerProcess, startServer } from "../support/ServerProcess.ts"
import { migrate, settingsOf, tokens } from "../support/System.ts"
import { type Latency, latencyOf, round } from "../support/statistics.ts"

export interface HeadlineOptions {
  readonly users: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

export const defaults: HeadlineOptions = { users: 1000, warmUpSeconds: 45, seconds: 60 }

export interface LoadResult {
  readonly perSecond: number
  readonly overall: Latency
  /** The errors, with the count of each. */
  readonly errors: ReadonlyArray<readonly [string, number]>
  /** The server's share of one core. */
  readonly serverShare: number
  /** The load process's share of one core. */
  readonly loaderShare: number
  readonly mebibytes: number
}

export interface Headline {
  readonly machine: Machine
  readonly users: number
  readonly seconds: number
  readonly quota: LoadResult & { readonly latencies: Readonly<Record<string, Latency>> }
  readonly closedLoop: LoadResult
}

const runQuota = async (server: ServerProcess, order: QuotaOrder): Promise<Headline["quota"]> => {
  const client = fork(`${import.meta.dirname}/../loader/quotaLoader.ts`)
  client.send(order)
  await once(client, "message")
  const cpuBefore = server.cpuMillis()
  const [report] = (await once(client, "message")) as [QuotaReport]
  return {
    perSecond: Math.round(report.requests / order.seconds),
    overall: report.overall,
    latencies: report.latencies,
    errors: report.errors,
    serverShare: round((server.cpuMillis() - cpuBefore) / (order.seconds * 1000), 2),
    loaderShare: round(report.senderCpuShare, 2),
    mebibytes: Math.round(server.residentMebibytes()),
  }
}

const runClosedLoop = async (server: ServerProcess, order: QuotaOrder): Promise<LoadResult> => {
  const users = order.clients
  const loader = await startLoader({ url: server.url.href, users, connections: users.length })
  try {
    // The connections are made, and the code is compiled.
    await loader.run("mixed", order.warmUpSeconds / 3)
    const cpuBefore = server.cpuMillis()
    const { cpuMillis, latencies, seconds } = await loader.run("mixed", order.seconds / 2)
    return {
      perSecond: Math.round(latencies.length / seconds),
      overall: latencyOf(latencies),
      errors: [],
      serverShare: round((server.cpuMillis() - cpuBefore) / (seconds * 1000), 2),
      loaderShare: round(cpuMillis / (seconds * 1000), 2),
      mebibytes: Math.round(server.residentMebibytes()),
    }
  } finally {
    loader.stop()
  }
}

/** Measures both loads, each on a server of its own that was just started. */
export const measureHeadline = async ({ seconds, users, warmUpSeconds }: HeadlineOptions): Promise<Headline> => {
  const machine = describeMachine()
  const database = await createDatabase("headline")
  try {
    migrate(database.url)
    const owners = await database.addUsers(users, { tasks: 30, categories: 5 })
    const clients = await Promise.all(owners.map(async (user) => ({ ...user, token: await tokens.sign(user) })))
    const withServer = async <A>(
      settings: Readonly<Record<string, string>>,
      use: (server: ServerProcess, order: QuotaOrder) => Promise<A>,
    ): Promise<A> => {
      const server = await startServer(projectCommand(), settings, "/health/ready")
      try {
        return await use(server, { url: server.url.href, clients, warmUpSeconds, seconds })
      } finally {
        await server.stop()
      }
    }
    const { RATE_LIMIT_USER: _usual, ...usual } = settingsOf(database.url)
    await database.keep()
    const quota = await withServer(usual, runQuota)
    // Both begin with the versions that the clients know.
    await database.reset()
    return { machine, users, seconds, quota, closedLoop: await withServer(settingsOf(database.url), runClosedLoop) }
  } finally {
    await database.drop()
  }
}
