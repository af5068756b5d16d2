import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/Task.ts"
import { toTaskResource } from "../../http/v1/TaskResource.ts"
import { resolveCategory } from "../CategoryReference.ts"
import { connected } from "../Connection.ts"
import { taskLine } from "../output/TaskViews.ts"
import { read, readOptionalDate } from "../Reading.ts"
import { asUser } from "../SigningIn.ts"
import { categories, description, due, priority } from "../TaskFlags.ts"
import { print } from "../Taskwright.ts"

export const add = Command.make(
  "add",
  {
    title: Argument.String("title").pipe(Argument.withDescription("What there is to do, 3 to 200 characters")),
    due,
    priority,
    categories,
    description,
  },
  Effect.fnUntraced(function* (input) {
    const title = yield* read(TaskTitle, "title", input.title)
    const dueDate = yield* readOptionalDate(input.due, "due")
    const description = Option.isNone(input.description)
      ? undefined
      : yield* read(TaskDescription, "description", input.description.value)
    // Found before the task is made, so that a name that is wrong makes nothing.
    const wanted = yield* Effect.forEach(new Set(input.categories), resolveCategory)
    const created = yield* asUser((account) =>
      account.createTask({ title, description, dueDate, priority: Option.getOrUndefined(input.priority) }),
    )
    let task = created
    for (const { id } of wanted) task = yield* asUser((account) => account.assignCategory(created.id, id))
    yield* print((style) => taskLine("Added", task, style), { task: toTaskResource(task) })
  }),
).pipe(
  connected,
  Command.withDescription("Add a task"),
  Command.withExamples([
    { command: 'taskwright add "Buy milk" --due tomorrow --priority high --category home' },
    { command: 'taskwright add "Call Ada" --due "tomorrow 15:30" --description "About the engine"' },
  ]),
)
