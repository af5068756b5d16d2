/** The command that creates a task. */
import { Effect, Option, Result } from "effect"
import { Command, Flag } from "effect/cli"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveCategories } from "../arguments/CategoryReference.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { categories, decodeFields, type GivenFields, taskFlags } from "../arguments/TaskFlags.ts"
import { readTitleParts } from "../arguments/TitleParts.ts"
import { words } from "../arguments/Words.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

export const add = Command.make(
  "add",
  {
    title: words("title", "What there is to do, 3 to 200 characters; several words need no quotes"),
    parse: Flag.Boolean("parse").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Take p1 to p3, @category and a date at the end out of the title"),
      Flag.withDefault(false),
    ),
    categories,
    ...taskFlags,
  },
  Effect.fnUntraced(function* (input) {
    const given = input.parse ? yield* parseTitle(input) : input
    const title = yield* decodeArgument(TaskTitle, "title", given.title)
    const fields = yield* decodeFields(given, false)
    const categoryIds = (yield* resolveCategories(given.categories)).map(({ id }) => id)
    // One call, so that the task is created with its categories or not at all.
    const task = yield* callAsUser((backend) => backend.createTask({ ...fields, title, categoryIds }))
    yield* print((style) => taskSummary("Added", task, style), { task: toTaskResource(task) })
  }),
).pipe(
  withBackend,
  Command.withAlias("new"),
  Command.withDescription("Add a task"),
  Command.withExamples([
    { command: "taskwright add Buy milk" },
    {
      command: "taskwright add --parse Pay rent tomorrow p1 @home",
      description: "Due date, priority and category in the title",
    },
    { command: 'taskwright add "Buy milk" --due tomorrow --priority high --category home' },
    { command: 'taskwright add "Call Ada" --due "tomorrow 15:30" --description "About the engine"' },
    { command: 'taskwright add -- "-1 kg"', description: 'A title that begins with "-"' },
  ]),
)

interface GivenTask extends GivenFields {
  readonly title: string
  readonly categories: ReadonlyArray<string>
}

/** Adds the parts of the title to the flags. A flag that says the same again is refused. */
const parseTitle = Effect.fnUntraced(function* (given: GivenTask) {
  const parts = yield* Result.mapError(readTitleParts(given.title), (message) => new InvalidInput({ message })).pipe(
    Effect.fromResult,
  )
  const twice = [
    ...(parts.due !== undefined && Option.isSome(given.dueDate) ? ["--due"] : []),
    ...(parts.priority !== undefined && Option.isSome(given.priority) ? ["--priority"] : []),
  ]
  if (twice.length > 0) {
    return yield* new InvalidInput({ message: `The title says it already: leave out ${twice.join(" and ")}.` })
  }
  return {
    ...given,
    title: parts.title,
    dueDate: Option.orElse(Option.fromNullishOr(parts.due), () => given.dueDate),
    priority: Option.orElse(Option.fromNullishOr(parts.priority), () => given.priority),
    categories: [...given.categories, ...parts.categories],
  }
})
