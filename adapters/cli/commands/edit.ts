/** The command that changes the fields of a task. */
import { Console, Effect, Option } from "effect"
import { Command, Flag, TerminalCapabilities } from "effect/cli"
import type { MergedTask } from "../../../application/tasks/MergeTask.ts"
import { StaleTaskVersion } from "../../../domain/changes/StaleVersion.ts"
import { Version } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { type TaskChanges, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { toMergeResource } from "../../http/api/v1/MergeResource.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { decodeFields, fieldFlags, type GivenFields, taskFlags } from "../arguments/TaskFlags.ts"
import { resolveTask, taskReference } from "../arguments/TaskReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { conflictLines, fieldList } from "../output/Conflicts.ts"
import { style } from "../output/Style.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { print, rootCommand } from "../RootCommand.ts"
import { rememberTask } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { resolveConflict } from "./resolveConflict.ts"

/** The maximum number of retries that the user may ask for before the command fails. */
const maximumRetries = 10

const flags = {
  title: Flag.String("title").pipe(Flag.withDescription("Another title"), Flag.optional),
  ...taskFlags,
  description: taskFlags.description.pipe(Flag.withDescription('Other words, or "none"')),
}

const ifChanged = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(description), Flag.withDefault(false))

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
    merge: ifChanged("merge", "If the task was changed since in other fields, keep both changes"),
    retry: ifChanged("retry", "Apply the change even if the task was changed since"),
  },
  Effect.fnUntraced(function* ({ merge, retry, task: reference, versionSeen, ...given }) {
    if (merge && retry) return yield* new InvalidInput({ message: "--merge and --retry exclude each other." })
    let changes: TaskChanges = yield* decodeChanges(given)
    const { id, seen } = yield* resolveTask(reference)
    let version = Option.isSome(versionSeen)
      ? versionSeen.value
      : (seen ?? (yield* callAsUser((backend) => backend.getTask(id)))).version
    for (let retries = 0; ; retries++) {
      const outcome = yield* Effect.catchTag(update(id, version, changes, merge), "StaleTaskVersion", (conflict) =>
        Effect.succeed(conflict),
      )
      if (!(outcome instanceof StaleTaskVersion)) return yield* report("Changed", outcome)
      const resolved = retries < maximumRetries ? yield* resolve(outcome, changes, seen, retry) : Option.none()
      if (Option.isNone(resolved)) return yield* outcome
      if (resolved.value === null) return yield* report("Left", { task: outcome.current, merged: null })
      changes = resolved.value
      version = outcome.current.version
    }
  }),
).pipe(
  withBackend,
  Command.withDescription("Change a task; if it was changed since you saw it, shows how and asks"),
  Command.withExamples([
    { command: 'taskwright edit 1 --title "Buy oat milk" --due "tomorrow 10:00"' },
    { command: "taskwright edit 4a5968 --due none --priority low" },
    { command: "taskwright edit 2 --priority high --merge", description: "Keep what was changed meanwhile" },
    { command: "taskwright edit 2 --status pending --retry", description: "Whatever was changed meanwhile" },
  ]),
)

const update = (id: Task["id"], version: Version, changes: TaskChanges, isMerged: boolean) =>
  isMerged
    ? callAsUser((backend) => backend.mergeTask(id, version, changes))
    : Effect.map(
        callAsUser((backend) => backend.updateTask(id, version, changes)),
        (task) => ({ task, merged: null }),
      )

const report = Effect.fnUntraced(function* (what: string, { merged, task }: MergedTask) {
  yield* rememberTask(task)
  const kept = merged?.kept ?? []
  yield* print(
    (style) =>
      `${taskSummary(what, task, style)}${kept.length === 0 ? "" : `\nKept what was changed since: ${fieldList(kept)}`}`,
    { task: toTaskResource(task), ...(merged !== null && { merged: toMergeResource(merged) }) },
  )
})

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
 * Prints what was changed since, and returns the part of the change to apply now; null for none of it. Returns nothing if
 * the change is refused, because no flag decides it and the terminal cannot prompt.
 */
const resolve = Effect.fnUntraced(function* (
  conflict: StaleTaskVersion,
  changes: TaskChanges,
  seen: Task | null,
  isRetryForced: boolean,
) {
  const { json } = yield* rootCommand
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  if (!json) {
    const lines = conflictLines(conflict, changes, seen, yield* style)
    yield* Console.error(["The task was changed since you saw it:", ...lines.map((line) => `  ${line}`)].join("\n"))
  }
  if (isRetryForced) return Option.some(changes)
  return json || !canPrompt ? Option.none() : Option.some(yield* resolveConflict(conflict, changes))
})
