/** The command that creates a task. */
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/Task.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveCategories } from "../arguments/CategoryReference.ts"
import { decodeArgument, decodeOptionalDate } from "../arguments/DecodeArgument.ts"
import { categories, description, due, priority, status } from "../arguments/TaskFlags.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

export const add = Command.make(
  "add",
  {
    title: Argument.String("title").pipe(Argument.withDescription("What there is to do, 3 to 200 characters")),
    due,
    priority,
    categories,
    description,
    status,
  },
  Effect.fnUntraced(function* (input) {
    const title = yield* decodeArgument(TaskTitle, "title", input.title)
    const dueDate = yield* decodeOptionalDate(input.due, "due")
    const description = Option.isNone(input.description)
      ? undefined
      : yield* decodeArgument(TaskDescription, "description", input.description.value)
    const categoryIds = (yield* resolveCategories(input.categories)).map(({ id }) => id)
    // One call, so that the task is created with its categories or not at all.
    const task = yield* callAsUser((backend) =>
      backend.createTask({
        title,
        description,
        dueDate,
        categoryIds,
        priority: Option.getOrUndefined(input.priority),
        status: Option.getOrUndefined(input.status),
      }),
    )
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
