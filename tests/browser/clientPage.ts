/** The program of a browser page that uses the typed client. */
import { Effect, Stream } from "effect"
import { TaskwrightClient } from "../../adapters/http/client/index.ts"
import { isProblem, makeClient } from "../../adapters/http/client/promise/index.ts"

const program = Effect.gen(function* () {
  const { auth, rateLimit, tasks } = yield* TaskwrightClient
  yield* auth.register({
    payload: { email: "browser@example.com", password: "Correct Horse 1", full_name: "Ada Lovelace" },
  })
  const { task } = yield* tasks.createTask({ payload: { title: "Buy milk" } })
  const all = yield* Stream.runCollect(tasks.listAll({ status: "pending" }))
  const missing = yield* Effect.flip(tasks.getTask({ params: { task_id: "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968" } }))
  return { title: task.title, titles: all.map(({ title }) => title), missing: missing.code, limit: yield* rateLimit }
})

const follower = Effect.gen(function* () {
  const { auth, changes, tasks } = yield* TaskwrightClient
  yield* auth.register({
    payload: { email: "follower@example.com", password: "Correct Horse 1", full_name: "Ada Lovelace" },
  })
  const told: Array<string> = []
  yield* changes.follow().pipe(
    Stream.tap((event) => {
      if (event.event === "change" && "task" in event.change) told.push(event.change.task?.title ?? "")
      else told.push(event.event)
      return event.event === "up_to_date" ? tasks.createTask({ payload: { title: "Buy milk" } }) : Effect.void
    }),
    Stream.take(2),
    Stream.runDrain,
  )
  return told
})

/** Follows the changes of a new user over a stream. Runs in the browser. */
export const followChanges = (url: string) =>
  Effect.runPromise(follower.pipe(Effect.provide(TaskwrightClient.layerFetch({ url }))))

/** Calls the service as a page would. Runs in the browser. */
export const tryOut = (url: string) =>
  Effect.runPromise(program.pipe(Effect.provide(TaskwrightClient.layerFetch({ url }))))

/** Returns the failure of a page with an origin that the service does not allow. */
export const failToTryOut = (url: string) =>
  Effect.runPromise(
    Effect.flatMap(TaskwrightClient, ({ tasks }) =>
      Effect.flip(tasks.createTask({ payload: { title: "Buy milk" } })),
    ).pipe(
      Effect.map(({ code }) => code),
      Effect.provide(TaskwrightClient.layerFetch({ url })),
    ),
  )

/** Creates, lists, follows and aborts by promises. */
export const tryPromises = async (url: string) => {
  const { auth, categories, changes, tasks } = makeClient({ url })
  const payload = { email: "promises@example.com", password: "Correct Horse 1", full_name: "Ada Lovelace" }
  await auth.register({ payload })
  const { changes_cursor: since } = await categories.listCategories()
  await tasks.createTask({ payload: { title: "Buy milk" } })
  const titles: Array<string> = []
  for await (const { title } of tasks.listAll()) titles.push(title)
  const told: Array<string> = []
  for await (const event of changes.follow({ since })) {
    told.push(event.event === "change" ? event.change.type : event.event)
    if (event.event === "up_to_date") break
  }
  const params = { task_id: "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968" }
  const missing = await tasks.getTask({ params }).catch((error: unknown) => isProblem(error, "task_not_found"))
  const aborted = await tasks
    .listTasks({ signal: AbortSignal.abort() })
    .catch((error: unknown) => (error instanceof Error ? error.name : ""))
  return { titles, told, missing, aborted }
}
