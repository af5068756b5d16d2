/**
 * Stores tasks of one user in the folder's embedded database until it is killed. Prints the user's id, and then the
 * id of each task as soon as the repository has acknowledged it.
 */
import { Effect, Layer } from "effect"
import * as embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { keepUser, makeTask } from "./entities.ts"

const [folder = ""] = process.argv.slice(2)

const write = Effect.gen(function* () {
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  console.log(userId)
  const writeOne = Effect.suspend(() => {
    const task = makeTask(userId)
    return Effect.andThen(
      tasks.insert(task),
      Effect.sync(() => console.log(task.id)),
    )
  })
  yield* Effect.all(
    Array.from({ length: 8 }, () => Effect.forever(writeOne)),
    { concurrency: "unbounded" },
  )
})

const store = PostgresRepositories.layer.pipe(
  Layer.provide(Layer.effectDiscard(migrate)),
  Layer.provide(embedded.layer({ dataDir: folder })),
)

Effect.runPromise(Effect.provide(write, store)).catch((error) => {
  console.error(String(error.message))
  process.exit(1)
})
