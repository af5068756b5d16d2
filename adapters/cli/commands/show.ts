/** The command that prints one task in full. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveTask, taskReference } from "../arguments/TaskReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { taskDetails } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { isOutputShown, rememberTask } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

export const show = Command.make(
  "show",
  { task: taskReference },
  Effect.fnUntraced(function* (input) {
    const { id } = yield* resolveTask(input.task)
    const task = yield* callAsUser((backend) => backend.getTask(id))
    if (yield* isOutputShown) yield* rememberTask(task)
    yield* print((style) => taskDetails(task, style), { task: toTaskResource(task) })
  }),
).pipe(
  withBackend,
  Command.withDescription("Show a task with everything that is known of it"),
  Command.withExamples([
    { command: "taskwright show 1", description: "The first task of the last list" },
    { command: "taskwright show 4a5968", description: "By the end of its id" },
  ]),
)
