/**
 * The floor of a comparison: `pgbench` sends the service's own statements, prepared, with nothing between. It has as many
 * connections as the service's pool.
 */
import { execFile, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { selectPage } from "../../../adapters/postgres/PostgresTaskListQuery.ts"
import { parametersOf } from "../../../adapters/postgres/TaskColumns.ts"
import { columns, insert, selectById, update } from "../../../adapters/postgres/TaskStatements.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { defaultPageLimit, firstPage } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { defaultOrder, defaultSort } from "../../../domain/tasks/TaskQuery.ts"
import type { WorkName } from "../loader/works.ts"
import { createDatabase } from "./BenchDatabase.ts"
import type { BenchUser } from "./BenchUsers.ts"
import { type Contender, migrate, type Population, type Run } from "./System.ts"

const connections = 10
/** Each connection prepares each script, which must not take much of a run. */
const maxScripts = 16

/** Whether the program is on the path. */
export const hasPgbench = (): boolean => spawnSync("pgbench", ["--version"]).status === 0

/** Writes values in the place of a statement's parameters. */
const fill = (text: string, values: ReadonlyArray<unknown>): string => {
  const filled = text.replaceAll(/\$(\d+)/g, (_all, number: string) => {
    const value = values[Number(number) - 1] ?? null
    if (value === null || typeof value === "number") return value === null ? "NULL" : String(value)
    if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`
    throw new Error("a value of the floor is a text, a number or null")
  })
  // pgbench takes a colon before a name for a variable, in a text too (`HH24:MI`). The planner joins such a text once.
  const escaped = filled.replaceAll(/(?<!:):(?=[A-Za-z_])/g, "'||chr(58)||'")
  return `${escaped.replaceAll("\n", " ")};\n`
}

const newId = "gen_random_uuid()"

/** The statements of one request of the user. */
const scripts: Readonly<Partial<Record<WorkName, (user: BenchUser) => string>>> = {
  list: ({ userId }) => {
    const query = { page: firstPage, limit: defaultPageLimit, sort: defaultSort, order: defaultOrder }
    const { parameters, text } = selectPage(columns, userId as UserId, query)
    return fill(text, parameters)
  },
  get: ({ taskIds, userId }) => fill(selectById.text, [userId, taskIds[0] ?? null]),
  create: (user) => {
    const values = [...taskValues(user, newId, 1), change(user, { after: { title: "Water the plants" } })]
    return fill(insert.named.alone.text, values).replaceAll(`'${newId}'`, newId)
  },
  update: (user) => {
    const id = user.taskIds[0] ?? ""
    const text = update.named.alone.text.replace(/tasks\.version = \$\d+/, "tasks.version = tasks.version")
    const values = [...taskValues(user, id, 2), null, change(user, { before: { title: "A" }, after: { title: "B" } })]
    return fill(selectById.text, [user.userId, id]) + fill(text, values)
  },
}

const at = "2026-01-01T00:00:00.000Z"

const taskValues = ({ userId }: BenchUser, taskId: string, version: number) =>
  parametersOf(
    {
      userId,
      id: taskId,
      title: "Water the plants",
      description: "The ones by the window twice.",
      status: "in_progress",
      priority: "high",
      dueDate: "2035-01-01T07:00:00.000Z",
      categories: [],
      version,
      createdAt: at,
      updatedAt: at,
    } as unknown as Task,
    "",
  )

const change = ({ sessionId }: BenchUser, values: object): string =>
  JSON.stringify({ id: sessionId, at, ...values, actor_kind: "session", actor_id: sessionId, batch_id: sessionId })

/** Reads the latencies of a run from the logs of pgbench: the third field is in microseconds. */
const readLatencies = (folder: string): Float64Array => {
  const millis: Array<number> = []
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), "utf8").split("\n")) {
      if (line !== "") millis.push(Number(line.split(" ")[2]) / 1000)
    }
  }
  return Float64Array.from(millis)
}

/** Fills a database with the users, and writes the scripts of each work. */
export const startFloor = async ({ at: filledAt, users }: Population): Promise<Contender> => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-pgbench-"))
  const database = await createDatabase("floor")
  migrate(database.url)
  await database.insertUsers(users, filledAt)
  await database.keep()
  for (const [work, scriptOf] of Object.entries(scripts)) {
    for (const [index, user] of users.slice(0, maxScripts).entries()) {
      writeFileSync(join(folder, `${work}-${index}.sql`), scriptOf(user))
    }
  }
  const run = async (work: WorkName, seconds: number): Promise<Run> => {
    const logs = join(folder, "logs")
    mkdirSync(logs)
    try {
      const files = users.slice(0, maxScripts).flatMap((_user, index) => ["-f", join(folder, `${work}-${index}.sql`)])
      const wholeSeconds = Math.max(1, Math.round(seconds))
      const options = ["-n", "-M", "prepared", "-c", connections, "-T", wholeSeconds, "-l"].map(String)
      await promisify(execFile)("pgbench", [...options, "--log-prefix", join(logs, "log"), ...files, database.url])
      return { seconds: wholeSeconds, latencies: readLatencies(logs) }
    } finally {
      rmSync(logs, { recursive: true })
    }
  }
  return {
    name: "pgbench",
    database,
    can: (work) => work in scripts,
    run,
    reset: database.reset,
    cpuMillis: () => Number.NaN,
    residentMebibytes: () => Number.NaN,
    stop: async () => {
      rmSync(folder, { recursive: true })
      await database.drop()
    },
  }
}
