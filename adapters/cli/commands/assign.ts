import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveCategory } from "../arguments/CategoryReference.ts"
import { resolveTask, taskReference } from "../arguments/TaskReference.ts"
import { connected } from "../backend/Connection.ts"
import { plain } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { rememberTask } from "../session/LastList.ts"
import { asUser } from "../session/SignedInUser.ts"

const parameters = {
  task: taskReference,
  category: Argument.String("category").pipe(Argument.withDescription("A category of yours, by name")),
}

export const assign = Command.make(
  "assign",
  parameters,
  Effect.fnUntraced(function* (input) {
    const { id } = yield* resolveTask(input.task)
    const category = yield* resolveCategory(input.category)
    const task = yield* asUser((account) => account.assignCategory(id, category.id))
    yield* rememberTask(task)
    yield* print((style) => `Put ${plain(category.name)} on ${style.dim(task.id)} ${plain(task.title)}`, {
      task: toTaskResource(task),
    })
  }),
).pipe(
  connected,
  Command.withDescription("Put a category on a task"),
  Command.withExamples([{ command: "taskwright assign 1 home" }]),
)

export const unassign = Command.make(
  "unassign",
  parameters,
  Effect.fnUntraced(function* (input) {
    const { id } = yield* resolveTask(input.task)
    const category = yield* resolveCategory(input.category)
    yield* asUser((account) => account.removeCategory(id, category.id))
    const task = yield* asUser((account) => account.getTask(id))
    yield* rememberTask(task)
    yield* print((style) => `Took ${plain(category.name)} off ${style.dim(task.id)} ${plain(task.title)}`, {
      task: toTaskResource(task),
    })
  }),
).pipe(
  connected,
  Command.withDescription("Take a category off a task"),
  Command.withExamples([{ command: "taskwright unassign 1 home" }]),
)
