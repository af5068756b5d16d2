import { Effect } from "effect"
import { Command } from "effect/cli"
import { connected } from "../Connection.ts"
import { asUser } from "../SigningIn.ts"
import { resolveTask } from "../TaskReference.ts"
import { print } from "../Taskwright.ts"
import { tasksReference } from "./progress.ts"

export const rm = Command.make(
  "rm",
  { tasks: tasksReference },
  Effect.fnUntraced(function* (input) {
    const named = yield* Effect.forEach(input.tasks, resolveTask)
    yield* Effect.forEach(named, ({ id }) => asUser((account) => account.deleteTask(id)), { discard: true })
    yield* print((style) => named.map(({ id }) => `Deleted ${style.dim(id)}`).join("\n"), {
      deleted: named.map(({ id }) => id),
    })
  }),
).pipe(
  connected,
  Command.withDescription("Delete tasks"),
  Command.withExamples([{ command: "taskwright rm 3" }, { command: "taskwright rm 0193a5ae-3c44" }]),
)
