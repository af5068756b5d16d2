/** Runs the use cases in one process, with every port in memory. */
import { Clock, Effect, Layer } from "effect"
import { CryptoSecrets, SigningKeys } from "taskwright/adapters/crypto"
import { MemoryEmailSender, MemoryRepositories, MemorySharedState } from "taskwright/adapters/memory"
import {
  assignCategory,
  createCategory,
  createTask,
  deliverEmails,
  listTasks,
  register,
  updateTask,
} from "taskwright/application"
import { Category, EmailAddress, Page, Password, TaskFields, Timestamp, UserAccount } from "taskwright/domain"

/** Cryptography with a key of its own, which ends with the process. */
const secrets = Layer.unwrap(
  Effect.map(SigningKeys.generate, (keys) =>
    CryptoSecrets.layer({
      accessTokens: { keys, issuer: "in-process", audience: "in-process", lifetimeMillis: 60 * 60 * 1000 },
    }),
  ),
)

/** Every port, in this process alone. Each of these layers can be replaced with another adapter. */
const ports = Layer.mergeAll(MemoryRepositories.layer, MemorySharedState.layer, MemoryEmailSender.layer).pipe(
  Layer.provideMerge(secrets),
)

const program = Effect.gen(function* () {
  const { account } = yield* register({
    email: EmailAddress.EmailAddress.make("ada@example.com"),
    password: Password.Password.make("Correct Horse 1"),
    fullName: UserAccount.FullName.make("Ada Lovelace"),
    ip: "127.0.0.1",
    device: null,
  })
  const userId = account.id

  const nextDay = Timestamp.fromMillis((yield* Clock.currentTimeMillis) + 24 * 60 * 60 * 1000)
  const milk = yield* createTask({
    userId,
    title: TaskFields.TaskTitle.make("Buy milk"),
    priority: "high",
    dueDate: nextDay,
  })
  yield* createTask({ userId, title: TaskFields.TaskTitle.make("Water the plants") })

  const shopping = yield* createCategory({ userId, name: Category.CategoryName.make("Shopping"), color: null })
  const assigned = yield* assignCategory({ userId, taskId: milk.id, categoryId: shopping.id })

  // The type of a use case lists its errors. Here the task has changed since it was read.
  const stale = { userId, taskId: milk.id, version: milk.version, status: "completed" } as const
  yield* updateTask(stale).pipe(
    Effect.catchTag("StaleTaskVersion", ({ current }) => {
      console.log(`version ${milk.version} is stale, ${current.version} is current`)
      return updateTask({ ...stale, version: current.version })
    }),
  )

  const list = { userId, sort: "priority", order: "desc", page: Page.firstPage, limit: Page.defaultPageLimit } as const
  const { data, total } = yield* listTasks(list)
  for (const { title, status, categories } of data) {
    console.log(`${title}: ${status}${categories.map(({ name }) => ` #${name}`).join("")}`)
  }
  console.log(`${total} tasks, "${assigned.title}" among them`)

  // The registration has queued an email; in a service, `runOutbox` delivers it.
  yield* deliverEmails
  const sent = yield* (yield* MemoryEmailSender.SentEmails).all
  console.log(`mails to ${sent.map(({ to }) => to).join(", ")}`)
})

await Effect.runPromise(program.pipe(Effect.provide(ports)))
