/** The command that changes the fields of a task. */
import { Console, Effect, Option } from "effect"
import { Command, Flag, Prompt, TerminalCapabilities } from "effect/cli"
import { Version } from "../../../domain/shared/Version.ts"
import { type Task, VersionConflict } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { decodeFields, fieldFlags, type GivenFields, taskFlags } from "../arguments/TaskFlags.ts"
import { resolveTask, taskReference } from "../arguments/TaskReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { style } from "../output/Style.ts"
import { differences, taskSummary } from "../output/TaskViews.ts"
import { print, rootCommand } from "../RootCommand.ts"
import { rememberTask } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The maximum number of retries that the user may ask for before the command fails. */
const maximumRetries = 10

const flags = {
  title: Flag.String("title").pipe(Flag.withDescription("Another title"), Flag.optional),
  ...taskFlags,
  description: taskFlags.description.pipe(Flag.withDescription('Other words, or "none"')),
}

export const edit = Command.make(
  "edit",
  {
    task: taskReference,
    ...flags,
    versionSeen: Flag.Int("version-seen").pipe(
      Flag.withSchema(Version),
      Flag.withDescription("The version that you saw; that of the last list or show unless told"),
      Flag.optional,
    ),
    retry: Flag.Boolean("retry").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Apply the change even if the task was changed since"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ retry, task: reference, versionSeen, ...given }) {
    const changes = yield* decodeChanges(given)
    const { id, seen } = yield* resolveTask(reference)
    let base = seen ?? (yield* callAsUser((backend) => backend.getTask(id)))
    let version = Option.getOrElse(versionSeen, () => base.version)
    for (let retries = 0; ; retries++) {
      const known = version
      const outcome = yield* callAsUser((backend) => backend.updateTask(id, known, changes)).pipe(
        Effect.catchTag("VersionConflict", (conflict) => Effect.succeed(conflict)),
      )
      if (!(outcome instanceof VersionConflict)) {
        yield* rememberTask(outcome)
        return yield* print((style) => taskSummary("Changed", outcome, style), { task: toTaskResource(outcome) })
      }
      const isWanted = retries < maximumRetries && (yield* isRetryWanted(base, outcome.current, retry))
      if (!isWanted) return yield* Effect.fail(outcome)
      base = outcome.current
      version = base.version
    }
  }),
).pipe(
  withBackend,
  Command.withDescription("Change a task; if it was changed since you saw it, shows how and asks"),
  Command.withExamples([
    { command: 'taskwright edit 1 --title "Buy oat milk" --due "tomorrow 10:00"' },
    { command: "taskwright edit 4a5968 --due none --priority low" },
    { command: "taskwright edit 2 --status pending --retry", description: "Whatever was changed meanwhile" },
  ]),
)

/** Decodes the changed fields; `none` clears a due date or a description. */
const decodeChanges = Effect.fnUntraced(function* (given: GivenFields & { readonly title: Option.Option<string> }) {
  const title = Option.isNone(given.title) ? undefined : yield* decodeArgument(TaskTitle, "title", given.title.value)
  const changes = { title, ...(yield* decodeFields(given, true)) }
  if (Object.values(changes).every((value) => value === undefined)) {
    return yield* new InvalidInput({ message: `Nothing to change: give ${fieldFlags}.` })
  }
  return changes
})

/**
 * Prints what another client changed since. Asks whether to retry, unless the flag decides it or the terminal cannot
 * prompt.
 */
const isRetryWanted = Effect.fnUntraced(function* (seen: Task, current: Task, isRetryForced: boolean) {
  const { json } = yield* rootCommand
  if (json) return isRetryForced
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  const changed = differences(seen, current, yield* style)
  yield* Console.error(
    [
      "The task was changed since you saw it:",
      ...(changed.length === 0 ? ["an older version was named"] : changed).map((line) => `  ${line}`),
    ].join("\n"),
  )
  if (isRetryForced) return true
  return canPrompt
    ? yield* Prompt.run(Prompt.Confirm({ message: "Apply your change to it as it stands now?", initial: false }))
    : false
})
