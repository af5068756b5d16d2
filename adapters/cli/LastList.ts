import { join } from "node:path"
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { Task } from "../../domain/tasks/Task.ts"
import { Backend } from "./Backend.ts"
import { readPrivate, writePrivate } from "./PrivateFile.ts"
import { credentials } from "./SigningIn.ts"
import { ConfigFolder, folderOf } from "./UserFolders.ts"

const RememberedList = Schema.Struct({ user_id: UserId, tasks: Schema.Array(Schema.toType(Task)) })

const pathOfList = Effect.gen(function* () {
  return join(folderOf(yield* ConfigFolder, (yield* Backend).place), "last-list.json")
})

/** The tasks that this user saw in the last list, in its order; none where another user has signed in since. */
export const lastList = Effect.gen(function* () {
  const { user_id } = yield* credentials
  const remembered = yield* readPrivate(yield* pathOfList, RememberedList)
  return remembered !== null && remembered.user_id === user_id ? remembered.tasks : []
})

/** Remembers the list, so that its tasks can be named by their numbers. */
export const rememberList = (tasks: ReadonlyArray<Task>) =>
  Effect.gen(function* () {
    const { user_id } = yield* credentials
    yield* writePrivate(yield* pathOfList, { user_id, tasks })
  })

/** What the user has seen of the task since: the next edit starts from there. */
export const rememberTask = (task: Task) =>
  Effect.gen(function* () {
    const tasks = yield* lastList
    if (tasks.some(({ id }) => id === task.id)) {
      yield* rememberList(tasks.map((each) => (each.id === task.id ? task : each)))
    }
  })
