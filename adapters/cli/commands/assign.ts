/** The commands that put categories on tasks and take them off. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveCategory } from "../arguments/CategoryReference.ts"
import { resolveTask, taskReference } from "../arguments/TaskReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { rememberTask } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

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
    const task = yield* callAsUser((backend) => backend.assignCategory(id, category.id))
    yield* rememberTask(task)
    yield* print(
      (style) => `Put ${escapeControl(category.name)} on ${style.dim(task.id)} ${escapeControl(task.title)}`,
      {
        task: toTaskResource(task),
      },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Put a category on a task"),
  Command.withExamples([{ command: "taskwright assign 1 home" }]),
)

export const unassign = Command.make(
  "unassign",
  parameters,
  Effect.fnUntraced(function* (input) {
    const { id } = yield* resolveTask(input.task)
    const category = yield* resolveCategory(input.category)
    yield* callAsUser((backend) => backend.removeCategory(id, category.id))
    const task = yield* callAsUser((backend) => backend.getTask(id))
    yield* rememberTask(task)
    yield* print(
      (style) => `Took ${escapeControl(category.name)} off ${style.dim(task.id)} ${escapeControl(task.title)}`,
      {
        task: toTaskResource(task),
      },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Take a category off a task"),
  Command.withExamples([{ command: "taskwright unassign 1 home" }]),
)
