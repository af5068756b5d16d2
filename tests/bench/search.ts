/**
 * Measures how long searches and filters of a list of tasks take over HTTP.
 *
 *     node tests/bench/search.ts [rounds] [tasks]
 *
 * One connection reads the list of one user. Prints the medians of the rounds in milliseconds, for the first page by number
 * with its total and for the first page by cursor. It also prints how many tasks the filter selects. Half of the tasks have a
 * description of 200 characters, and a tenth of the texts have characters beyond ASCII.
 */
import { HttpConnection } from "./loader/HttpConnection.ts"
import { createDatabase } from "./support/BenchDatabase.ts"
import { projectCommand } from "./support/ProjectServer.ts"
import { startServer } from "./support/ServerProcess.ts"
import { migrate, settingsOf, tokens } from "./support/System.ts"
import { median } from "./support/statistics.ts"

const [rounds = 15, tasks = 100_000] = process.argv.slice(2).map(Number)

const filters: Readonly<Record<string, string>> = {
  "no hit": "qqzzx",
  "no hit, beyond ASCII": "Übermüdet",
  "no hit, several words": "(qqzzx or xzzqq) title:zzzz -description:qqqq",
  "no hit, fifty words": Array.from({ length: 50 }, (_, n) => `q${n}z`).join(" or "),
  "one hit": "needle",
  "every hit": "task",
  "a word and a status": "task status:completed",
  "dates and priority": "due<+30d priority>=medium",
  "a category": "category:none -overdue",
}

const prepare = `
  UPDATE tasks SET
    title = CASE WHEN number % 10 = 0 THEN 'Übung ' ELSE '' END || title,
    description = CASE WHEN number % 2 = 0 THEN rpad('Words about ' || md5(id::text), 200, ' and more of them') END
  FROM (SELECT id AS numbered, row_number() OVER (ORDER BY id) AS number FROM tasks) AS numbered
  WHERE tasks.id = numbered.numbered`
/** As this version writes texts of ASCII alone. The others are filled by the first search, as those of an older version. */
const stamp =
  "UPDATE tasks SET search_text = '', search_version = version WHERE octet_length(title) = char_length(title)"
const hide = "UPDATE tasks SET title = 'A needle in the hay' WHERE id = (SELECT max(id::text)::uuid FROM tasks)"

interface Client {
  readonly connection: HttpConnection
  readonly token: string
}

const timed = async ({ connection, token }: Client, parameters: Record<string, string>) => {
  const startedAt = performance.now()
  const answer = await connection.ask("GET", `/api/v1/tasks?${new URLSearchParams(parameters)}`, token)
  const millis = performance.now() - startedAt
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body}`)
  return { millis, total: (JSON.parse(answer.body) as { readonly total?: number }).total ?? 0 }
}

const measureFilter = async (client: Client, name: string, filter: string) => {
  const kinds: Readonly<Record<string, Record<string, string>>> = {
    "by number": { filter },
    "by cursor": { filter, cursor: "" },
    "by cursor, due date": { filter, cursor: "", sort: "due_date", order: "asc" },
  }
  const millis: Record<string, Array<number>> = {}
  let found = 0
  for (let round = 0; round < rounds; round++) {
    for (const [kind, parameters] of Object.entries(kinds)) {
      const measured = await timed(client, parameters)
      millis[kind] = [...(millis[kind] ?? []), measured.millis]
      found = Math.max(found, measured.total)
    }
  }
  const medians = Object.entries(millis).map(([kind, all]) => [kind, median(all).toFixed(1)])
  return { filter: name, found, ...Object.fromEntries(medians) }
}

const database = await createDatabase("search")
try {
  migrate(database.url)
  const [user] = await database.addUsers(1, { tasks, categories: 3 })
  if (user === undefined) throw new Error("no user was added")
  await database.runAll([prepare, hide, stamp, "VACUUM ANALYZE tasks"])
  const server = await startServer(projectCommand(), settingsOf(database.url), "/health/ready")
  const client = { connection: new HttpConnection(server.url), token: await tokens.sign(user) }
  try {
    const first = await timed(client, { filter: "qqzzx" })
    console.log(`The first search, which fills the search texts: ${first.millis.toFixed(0)} ms`)
    const rows = []
    for (const [name, filter] of Object.entries(filters)) rows.push(await measureFilter(client, name, filter))
    console.table(rows)
  } finally {
    client.connection.close()
    await server.stop()
  }
} finally {
  await database.drop()
}
