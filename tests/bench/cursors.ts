/**
 * Measures how long a page of a list of tasks takes over HTTP, by cursor and by number, near its start and at its end.
 *
 *     node tests/bench/cursors.ts [rounds] [tasks]
 *
 * One connection reads the list of one user in every order, in pages of 100. Prints the medians of the rounds in
 * milliseconds: for the second and the last full page by cursor, and for the same pages by number. (The first page has no
 * place to begin at.)
 */
import { connect, type Side, startSide, stopSide } from "./support/Side.ts"
import { median } from "./support/statistics.ts"

const [rounds = 15, tasks = 10_000] = process.argv.slice(2).map(Number)
const limit = 100
const pages = Math.ceil(tasks / limit)
const root = `${import.meta.dirname}/../..`

type Client = Awaited<ReturnType<typeof connect>>

interface Page {
  readonly data: ReadonlyArray<unknown>
  readonly next_cursor?: string | null
}

const timed = async ({ connection, token }: Client, parameters: Record<string, string>) => {
  const startedAt = performance.now()
  const answer = await connection.ask("GET", `/api/v1/tasks?${new URLSearchParams(parameters)}`, token)
  const millis = performance.now() - startedAt
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body}`)
  return { millis, page: JSON.parse(answer.body) as Page }
}

/** Returns the cursors of all pages but the first, in order. */
const cursorsOf = async (client: Client, list: Record<string, string>): Promise<ReadonlyArray<string>> => {
  const cursors: Array<string> = []
  for (let cursor: string | null | undefined = ""; typeof cursor === "string"; ) {
    cursor = (await timed(client, { ...list, cursor })).page.next_cursor
    if (typeof cursor === "string") cursors.push(cursor)
  }
  if (cursors.length !== pages - 1) throw new Error(`${cursors.length + 1} pages in the place of ${pages}`)
  return cursors
}

const measureList = async (client: Client, list: Record<string, string>) => {
  const cursors = await cursorsOf(client, list)
  const kinds: Readonly<Record<string, Record<string, string>>> = {
    "second by cursor": { cursor: cursors.at(0) ?? "" },
    "last by cursor": { cursor: cursors.at(-1) ?? "" },
    "second by number": { page: "2" },
    "last by number": { page: String(pages) },
  }
  const millis: Record<string, Array<number>> = {}
  for (let round = 0; round < rounds; round++) {
    for (const [kind, place] of Object.entries(kinds)) {
      const measured = await timed(client, { ...list, ...place })
      millis[kind] = [...(millis[kind] ?? []), measured.millis]
    }
  }
  const medians = Object.entries(millis).map(([kind, all]) => [kind, median(all).toFixed(1)])
  return { list: Object.values(list).slice(1).join(" "), ...Object.fromEntries(medians) }
}

let side: Side | undefined
try {
  side = await startSide("cursors", [`${root}/bootstrap/server.ts`])
  const [user] = await side.database.addUsers(1, { tasks, categories: 3 })
  if (user === undefined) throw new Error("no user was added")
  const client = await connect(side.server.url, user)
  const lists = ["created_at", "updated_at", "due_date", "priority"].flatMap((sort) => [
    { limit: String(limit), sort, order: "asc" },
    { limit: String(limit), sort, order: "desc" },
  ])
  const rows = []
  try {
    for (const list of lists) rows.push(await measureList(client, list))
  } finally {
    client.connection.close()
  }
  console.table(rows)
} finally {
  if (side !== undefined) await stopSide(side)
}
