/** A bot on the typed client: it raises the priority of tasks that are due soon. */
import { Clock, Config, Effect, Stream } from "effect"
import { TaskwrightClient } from "taskwright/client"

/** Tasks that are due within this time become urgent. */
const urgentHours = 24

/** Gives every open task that is due soon a high priority, and prints each change. One pass; a timer repeats it. */
const escalate = Effect.gen(function* () {
  const { tasks } = yield* TaskwrightClient
  const now = yield* Clock.currentTimeMillis
  const soon = new Date(now + urgentHours * 60 * 60 * 1000).toISOString()
  const due = tasks
    .listAll({ due_to: soon, sort: "due_date", order: "asc" })
    .pipe(Stream.filter(({ priority, status }) => status !== "completed" && priority !== "high"))
  // Read to the end before any change, because a changed task could move between pages.
  for (const { id, title, version } of yield* Stream.runCollect(due)) {
    yield* tasks.updateTask({ params: { task_id: id }, payload: { version, priority: "high" } }).pipe(
      Effect.andThen(Effect.sync(() => console.log(`escalated: ${title}`))),
      Effect.catch((error) =>
        // Another client has just changed or deleted the task, and its change takes precedence. The next pass looks
        // again.
        error.code === "version_conflict" || error.code === "task_not_found"
          ? Effect.sync(() => console.log(`left alone: ${title} (${error.code})`))
          : Effect.fail(error),
      ),
    )
  }
})

const program = Effect.gen(function* () {
  const url = yield* Config.String("TASKWRIGHT_URL").pipe(Config.withDefault("http://127.0.0.1:3000"))
  const email = yield* Config.String("TASKWRIGHT_EMAIL")
  const password = yield* Config.String("TASKWRIGHT_PASSWORD")
  yield* Effect.gen(function* () {
    const { auth } = yield* TaskwrightClient
    yield* auth.logIn({ payload: { email, password } })
    yield* Effect.ensuring(escalate, Effect.ignore(auth.logOut()))
  }).pipe(Effect.provide(TaskwrightClient.layerFetch({ url })))
})

await Effect.runPromise(program)
