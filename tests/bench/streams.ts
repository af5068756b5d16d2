/**
 * Measures how long a change takes from its request at one process to the event at a stream of another.
 *
 *     node tests/bench/streams.ts [changes with Redis] [changes without]
 *
 * Both processes share a PostgreSQL server, and a Redis in the first run (`TEST_REDIS_URL`). Prints percentiles in
 * milliseconds. The bars: without Redis at most 1,500, with it less than 100 for 99 of 100 changes.
 */
import { spawnSync } from "node:child_process"
import { setTimeout } from "node:timers/promises"
import { openEvents } from "../http/EventReader.ts"
import { createDatabase } from "./support/BenchDatabase.ts"
import { makeTokens } from "./support/BenchTokens.ts"
import { startServer } from "./support/ServerProcess.ts"
import { percentile } from "./support/statistics.ts"

const [withRedis = 300, without = 40] = process.argv.slice(2).map(Number)
const redisUrl = process.env["TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379"
const root = `${import.meta.dirname}/../..`
/** Longer than a change takes with Redis, and not in step with the poll. */
const pauseMillis = () => 20 + Math.random() * 50

const tokens = makeTokens()
const database = await createDatabase("streams")

interface Times {
  /** From the request to the event. */
  readonly events: Float64Array
  /** From the request to its response. On a busy machine it tells what the machine adds. */
  readonly responses: Float64Array
}

/** Returns the times of that many changes, each made after the one before has arrived. */
const measure = async (changes: number, settings: Record<string, string>): Promise<Times> => {
  const environment = {
    ...tokens.settings,
    DATABASE_URL: database.url,
    DATA_DIR: "memory:",
    RATE_LIMIT_USER: "1000000",
    ...settings,
  }
  const { status, stderr } = spawnSync(process.execPath, [`${root}/bootstrap/migrate.ts`], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`no schema: ${stderr}`)
  const start = () => startServer([`${root}/bootstrap/server.ts`], environment, "/health/ready")
  const [writer, reader] = [await start(), await start()]
  try {
    const [user] = await database.addUsers(1, { tasks: 0, categories: 0 })
    if (user === undefined) throw new Error("no user was added")
    const token = await tokens.sign(user)
    const stream = await openEvents(`${reader.url}api/v1/changes/stream`, token)
    if (stream.status !== 200) throw new Error(`${stream.status} in the place of a stream`)
    await stream.next()
    const [events, responses] = [new Float64Array(changes), new Float64Array(changes)]
    for (let index = 0; index < changes; index++) {
      await setTimeout(pauseMillis())
      const startedAt = performance.now()
      const arrived = stream.next().then(() => performance.now() - startedAt)
      const response = await fetch(`${writer.url}api/v1/tasks`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ title: `Change ${index}` }),
      })
      responses[index] = performance.now() - startedAt
      if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`)
      events[index] = await arrived
    }
    stream.cut()
    return { events: events.sort(), responses: responses.sort() }
  } finally {
    await Promise.all([writer.stop(), reader.stop()])
  }
}

const row = (name: string, { events, responses }: Times) => ({
  processes: name,
  changes: events.length,
  "p50 event": percentile(events, 0.5).toFixed(1),
  "p99 event": percentile(events, 0.99).toFixed(1),
  "max event": (events.at(-1) ?? Number.NaN).toFixed(1),
  "p50 response": percentile(responses, 0.5).toFixed(1),
  "p99 response": percentile(responses, 0.99).toFixed(1),
})

try {
  console.table([
    row(
      "with Redis",
      await measure(withRedis, { REDIS_URL: redisUrl, REDIS_KEY_PREFIX: `bench-streams-${process.pid}:` }),
    ),
    row("without Redis", await measure(without, {})),
  ])
} finally {
  await database.drop()
}
