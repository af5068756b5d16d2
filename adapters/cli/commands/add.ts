/** The command that creates a task. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveCategories } from "../arguments/CategoryReference.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { categories, decodeFields, taskFlags } from "../arguments/TaskFlags.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

export const add = Command.make(
  "add",
  {
    title: Argument.String("title").pipe(Argument.withDescription("What there is to do, 3 to 200 characters")),
    categories,
    ...taskFlags,
  },
  Effect.fnUntraced(function* (input) {
    const title = yield* decodeArgument(TaskTitle, "title", input.title)
    const fields = yield* decodeFields(input, false)
    const categoryIds = (yield* resolveCategories(input.categories)).map(({ id }) => id)
    // One call, so that the task is created with its categories or not at all.
    const task = yield* callAsUser((backend) => backend.createTask({ ...fields, title, categoryIds }))
    yield* print((style) => taskSummary("Added", task, style), { task: toTaskResource(task) })
  }),
).pipe(
  withBackend,
  Command.withDescription("Add a task"),
  Command.withExamples([
    { command: 'taskwright add "Buy milk" --due tomorrow --priority high --category home' },
    { command: 'taskwright add "Call Ada" --due "tomorrow 15:30" --description "About the engine"' },
    { command: 'taskwright add -- "-1 kg"', description: 'A title that begins with "-"' },
  ]),
)
