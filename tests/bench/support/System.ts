/** One of the systems that a benchmark compares: its database, its process, and the process that loads it. */
import { spawnSync } from "node:child_process"
import { childEnvironment } from "../../support/childEnvironment.ts"
import type { LoadUser, WorkName } from "../loader/works.ts"
import { type BenchDatabase, createDatabase } from "./BenchDatabase.ts"
import { makeTokens } from "./BenchTokens.ts"
import { type BenchUser, makeUsers } from "./BenchUsers.ts"
import { startLoader } from "./Loader.ts"
import { migrateProgram } from "./ProjectServer.ts"
import { type ServerProcess, startServer } from "./ServerProcess.ts"

/** All servers have one key, so that they accept the same tokens. */
export const tokens = makeTokens()

export interface SystemDefinition {
  readonly name: string
  /** The arguments of Node. */
  readonly command: ReadonlyArray<string>
  readonly settings?: Readonly<Record<string, string>>
  /** A folder with the version that makes the schema. Default: this one. */
  readonly checkout?: string
  /** SQL that runs after the migrations. Default: none. */
  readonly schema?: string
}

/** What a benchmark measures: a server with the process that loads it, or the statements alone (`Floor.ts`). */
export interface Contender {
  readonly name: string
  readonly database: BenchDatabase
  readonly can: (work: WorkName) => boolean
  /** Sends requests of that work for that many seconds, or until none is left to send. */
  readonly run: (work: WorkName, seconds: number) => Promise<Run>
  /** Takes the records back to the start. */
  readonly reset: () => Promise<void>
  /** The server's processor time so far, in milliseconds. NaN if there is no server. */
  readonly cpuMillis: () => number
  readonly residentMebibytes: () => number
  readonly stop: () => Promise<void>
}

export interface Run {
  readonly seconds: number
  /** In milliseconds, in no order. */
  readonly latencies: Float64Array
}

export interface System extends Contender {
  readonly server: ServerProcess
}

/** The users of all systems of a comparison, with the time of their records. */
export interface Population {
  readonly users: ReadonlyArray<BenchUser>
  readonly loadUsers: ReadonlyArray<LoadUser>
  readonly at: Date
}

/** Makes users with 100 tasks each, 5 categories, and a history of 100 changes. */
export const makePopulation = async (count: number): Promise<Population> => {
  const users = makeUsers(count, { tasks: 100, categories: 5, changes: 100 })
  const loadUsers = users.map(async (user) => ({ ...user, token: await tokens.sign(user) }))
  return { users, loadUsers: await Promise.all(loadUsers), at: new Date() }
}

export const migrate = (url: string, checkout?: string): void => {
  const { status, stderr } = spawnSync(process.execPath, [migrateProgram(checkout)], {
    env: { ...childEnvironment, DATABASE_URL: url, DATA_DIR: "memory:" },
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`no schema: ${stderr}`)
}

/** The settings of every server: its limits are on, and higher than what is sent. */
export const settingsOf = (databaseUrl: string): Readonly<Record<string, string>> => ({
  ...tokens.settings,
  DATABASE_URL: databaseUrl,
  DATA_DIR: "memory:",
  RATE_LIMIT_IP: "1000000",
  RATE_LIMIT_USER: "1000000",
})

/** Starts a system with the users in a database of its own. */
export const startSystem = async (
  { checkout, command, name, schema, settings = {} }: SystemDefinition,
  { at, loadUsers, users }: Population,
  connections: number,
): Promise<System> => {
  const database = await createDatabase(name.replaceAll(/\W/g, "_"))
  let server: ServerProcess | undefined
  try {
    migrate(database.url, checkout)
    if (schema !== undefined) await database.runAll(schema.split(";\n").filter((text) => text.trim() !== ""))
    await database.insertUsers(users, at)
    await database.keep()
    server = await startServer(command, { ...settingsOf(database.url), ...settings }, "/health/ready")
    const loader = await startLoader({ url: server.url.href, users: loadUsers, connections })
    return {
      name,
      database,
      server,
      can: () => true,
      run: loader.run,
      reset: async () => {
        await database.reset()
        await loader.reset()
      },
      cpuMillis: server.cpuMillis,
      residentMebibytes: server.residentMebibytes,
      stop: async () => {
        loader.stop()
        await server?.stop()
        await database.drop()
      },
    }
  } catch (error) {
    await server?.stop()
    await database.drop()
    throw error
  }
}
