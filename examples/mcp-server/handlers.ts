/** Maps each tool to its use case. */
import { Clock, Effect, Option } from "effect"
import {
  AccountRepository,
  createTask,
  deleteTask,
  getTask,
  IdGenerator,
  listTasks,
  type Repositories,
  updateTask,
} from "taskwright/application"
import { EmailAddress, Page, Password, StaleVersion, Timestamp, UserAccount, UserId } from "taskwright/domain"
import { tools } from "./tools.ts"

const email = EmailAddress.EmailAddress.make("assistant@example.com")

/** The one account of this store, created at the first start. No login works for it: its hash is not a valid hash. */
const owner = Effect.gen(function* () {
  const accounts = yield* AccountRepository
  const known = yield* accounts.findByEmail(email)
  if (Option.isSome(known)) return known.value
  const id = yield* (yield* IdGenerator).next(UserId.UserId)
  const fullName = UserAccount.FullName.make("Assistant")
  const account = UserAccount.open(
    { id, email, fullName, passwordHash: Password.PasswordHash.make("none") },
    Timestamp.fromMillis(yield* Clock.currentTimeMillis),
  )
  yield* accounts.insert(account)
  return account
})

/** Converts a use case's error to the error of a tool. */
const toRefusal = (error: { readonly _tag: string }) => ({
  refused: error._tag,
  ...(error instanceof StaleVersion.StaleTaskVersion && { current: error.current }),
})

/** The tools, built from the use cases: an adapter does nothing else. */
export const handlers = tools.toLayer(
  Effect.gen(function* () {
    const { id: userId } = yield* owner
    const ports = yield* Effect.context<IdGenerator | Repositories>()
    const run = <A, E extends { readonly _tag: string }>(useCase: Effect.Effect<A, E, IdGenerator | Repositories>) =>
      Effect.mapError(Effect.provideContext(useCase, ports), toRefusal)
    return tools.of({
      list_tasks: ({ page = Page.firstPage, priority, status }) => {
        const conditions = { status: status && [status], priority: priority && [priority] }
        const list = { ...conditions, sort: "due_date", order: "asc", page, limit: Page.defaultPageLimit } as const
        // Only a filter can be wrong, and there is none.
        return Effect.orDie(Effect.provideContext(listTasks({ userId, ...list }), ports))
      },
      create_task: (task) => run(createTask({ userId, ...task })),
      update_task: (changes) => run(updateTask({ userId, ...changes })),
      complete_task: ({ taskId }) =>
        run(
          Effect.flatMap(getTask({ userId, taskId }), ({ version }) =>
            updateTask({ userId, taskId, version, status: "completed" }),
          ),
        ),
      delete_task: ({ taskId }) => run(Effect.as(deleteTask({ userId, taskId }), { deleted: taskId })),
    })
  }),
)
