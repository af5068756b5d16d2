/** Adds and lists tasks, with the tasks in SQLite and all else in memory. */
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as UuidV7Generator from "taskwright/adapters/crypto/UuidV7Generator"
import { MemoryRepositories } from "taskwright/adapters/memory"
import { AccountRepository, createTask, listTasks } from "taskwright/application"
import { EmailAddress, Page, Password, TaskFields, Timestamp, UserAccount, UserId } from "taskwright/domain"
import * as SqliteTaskRepository from "./SqliteTaskRepository.ts"

const ports = SqliteTaskRepository.layer("tasks.db").pipe(
  // In a pipe, a layer is built from the later ones: tasks come from SQLite, all else from memory.
  Layer.provideMerge(MemoryRepositories.layer),
  Layer.provideMerge(Layer.provide(UuidV7Generator.layer, SecureRandom.layerWebCrypto)),
)

/** The one user. Memory loses accounts at a restart, so the user is the same one every time. */
const me = UserAccount.open(
  {
    id: UserId.UserId.make("0193a5ad-92d0-7c52-8d1c-5f2e1a7b9c01"),
    email: EmailAddress.EmailAddress.make("me@example.com"),
    fullName: UserAccount.FullName.make("Me"),
    passwordHash: Password.PasswordHash.make("none"),
  },
  Timestamp.fromMillis(0),
)

const program = Effect.gen(function* () {
  yield* (yield* AccountRepository).insert(me)
  const [, , title] = process.argv
  if (title !== undefined) yield* createTask({ userId: me.id, title: TaskFields.TaskTitle.make(title) })
  const all = { sort: "created_at", order: "asc", page: Page.firstPage, limit: Page.defaultPageLimit } as const
  const { data } = yield* listTasks({ userId: me.id, ...all })
  for (const { title, status } of data) console.log(`${status}: ${title}`)
})

await Effect.runPromise(program.pipe(Effect.provide(ports)))
