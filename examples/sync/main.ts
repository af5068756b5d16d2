/** An offline client: it keeps a copy of all tasks, queues what is typed, and agrees with the server when it can. */
import { createInterface } from "node:readline"
import { Effect, Latch, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { IdempotencyKey, makeClient, ProblemError } from "taskwright/client"
import { type Action, type Fields, load, save, settle, take, type Write } from "./LocalCopy.ts"

const { TASKWRIGHT_EMAIL: email = "", TASKWRIGHT_PASSWORD: password = "", TASKWRIGHT_URL } = process.env
const client = makeClient({ url: TASKWRIGHT_URL ?? "http://127.0.0.1:3000" })
const { auth, categories, changes, tasks } = await Effect.runPromise(Effect.provide(client, FetchHttpClient.layer))
const file = process.argv[2] ?? "tasks.json"
const copy = load(file)
const isQueued = Latch.makeUnsafe()

/** Stores a write with its key before it is sent. So the same request can be repeated, also after a restart. */
const enqueue = (action: Action, id: string | null, fields: Fields) => {
  const key = crypto.randomUUID()
  copy.queue = [...copy.queue, { key, action, id: id ?? key, version: copy.tasks[id ?? key]?.version ?? 0, fields }]
  save(file, copy)
  isQueued.openUnsafe()
}

/** Sends a write. If another client has changed other fields of the task, the server merges. */
const send = Effect.fnUntraced(function* (write: Write) {
  const { action, fields, version } = write
  const params = { task_id: write.id }
  if (action === "delete") return settle(copy, write, yield* Effect.as(tasks.deleteTask({ params }), null))
  const create = tasks.createTask({ payload: { title: "", ...fields } })
  if (action === "create") return settle(copy, write, (yield* create).task)
  const { merged, task } = yield* tasks.updateTask({ params, payload: { ...fields, version, on_conflict: "merge" } })
  settle(copy, write, task, merged?.kept)
})

/** These problems pass. Every other one is the server's decision about a write, such as `version_conflict`. */
const passing = new Set(["unauthorized", "email_not_verified", "rate_limited", "idempotency_in_progress"])
const isRefusal = (error: object) => error instanceof ProblemError && error.status < 500 && !passing.has(error.code)

/** Sends the queue in its order. A refused write is reported, and the state of the server stands. */
const sendQueue = Effect.gen(function* () {
  isQueued.closeUnsafe()
  for (let write = copy.queue[0]; write !== undefined; write = copy.queue[0]) {
    const refusal = yield* send(write).pipe(
      Effect.provideService(IdempotencyKey, write.key),
      Effect.catchIf(isRefusal, ({ code }) => Effect.succeed(code)),
    )
    if (refusal !== undefined) console.log(`refused (${refusal}): ${JSON.stringify(write)}`)
    copy.queue = copy.queue.slice(1)
    save(file, copy)
  }
})

/** Reads all lists. The cursor is older than they are, so the feed has what changes while they are read. */
const readLists = Effect.gen(function* () {
  const { next_cursor } = yield* changes.listChanges({ query: { since: "now" } })
  copy.tasks = Object.fromEntries((yield* Stream.runCollect(tasks.listAll())).map((each) => [each.id, each]))
  copy.categories = Object.fromEntries((yield* categories.listCategories()).data.map((each) => [each.id, each]))
  copy.cursor = next_cursor
  save(file, copy)
})

/** Reads the changes since the cursor, or waits for one. */
const readFeed = Effect.gen(function* () {
  const { data, next_cursor } = yield* changes.listChanges({ query: { since: copy.cursor ?? "now", wait: 10 } })
  for (const change of data)
    if ("task" in change) take(copy.tasks, change.task_id, change.task)
    else take(copy.categories, change.category_id, change.category)
  // The tasks of a restored category show it again, without a change of their own.
  copy.cursor = data.some(({ type }) => type === "category.restored") ? null : next_cursor
  save(file, copy)
})

/** Sends before it reads, because the response to a repeated request can be older than the lists. */
const agree = Effect.gen(function* () {
  yield* sendQueue
  if (copy.cursor === null) yield* readLists
  yield* Effect.raceFirst(readFeed, isQueued.await)
}).pipe(
  Effect.catch(({ code }) => {
    if (code === "cursor_expired" || code === "cursor_reset") return Effect.sync(() => (copy.cursor = null))
    return code === "unauthorized" ? auth.logIn({ payload: { email, password } }) : Effect.fail({ code })
  }),
  Effect.catch(({ code }) =>
    Effect.delay(
      Effect.sync(() => console.error(`not now: ${code}`)),
      "1 second",
    ),
  ),
)

const execute = (line: string) => {
  const [command, id = "", ...words] = line.split(" ")
  if (command === "add") return enqueue("create", null, { title: line.slice("add ".length) })
  if (command === "title") return enqueue("update", id, { title: words.join(" ") })
  if (command === "note") return enqueue("update", id, { description: words.join(" ") })
  if (command === "done") return enqueue("update", id, { status: "completed" })
  if (command === "rm") return enqueue("delete", id, {})
  for (const { categories, id, status, title } of Object.values(copy.tasks))
    console.log(id, status, title, ...categories.flatMap((each) => copy.categories[each.id]?.name ?? []))
  for (const { action, fields, id } of copy.queue) console.log("waits:", action, id, fields)
}

Effect.runPromise(Effect.forever(agree))
for await (const line of createInterface({ input: process.stdin })) execute(line)
process.exit()
