/** The command that imports an exported file. */
import { join } from "node:path"
import { Console, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { lockFile } from "../../filesystem/FileLock.ts"
import { Backend } from "../backend/Backend.ts"
import { withBackendReportingWaits } from "../backend/BackendLayer.ts"
import { CommandFailed } from "../CliErrors.ts"
import { pluralize } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { accountId } from "../session/SignedInUser.ts"
import { ConfigDirectory, instanceDirectory } from "../session/UserDirectories.ts"
import { importFile } from "../transfer/ImportFile.ts"

export const importTasks = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(Argument.withDescription("An export, or - for standard input")),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Read and check the file, and change nothing"),
      Flag.withDefault(false),
    ),
    again: Flag.Boolean("again").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Import every task anew, also one that is here already"),
      Flag.withDefault(false),
    ),
    withoutPastDueDates: Flag.Boolean("without-past-due-dates").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Import tasks that a server refuses for a due date in the past without it"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ again, dryRun, file, withoutPastDueDates }) {
    const user_id = yield* accountId
    const folder = join(instanceDirectory(yield* ConfigDirectory, (yield* Backend).instance), "imports")
    // Two concurrent imports into one account could not know which tasks the other creates.
    yield* lockFile(join(folder, `${user_id}.lock`), {
      onWait: Console.error("Another import into this account is at work; waiting for it. Ctrl-C stops."),
    })
    const { is_whole, ...counts } = yield* importFile({
      path: file,
      journalPath: join(folder, `${user_id}.jsonl`),
      isDryRun: dryRun,
      isAgain: again,
      isWithoutPastDueDates: withoutPastDueDates,
    })
    yield* print(() => textOf(dryRun, counts), { dry_run: dryRun, is_whole, ...counts })
    const faults = [
      ...(counts.refused > 0 ? [`${pluralize(counts.refused, "line was", "lines were")} not imported`] : []),
      ...(is_whole ? [] : ["the file is not whole"]),
    ]
    if (faults.length === 0) return
    const [first = "", ...others] = faults
    const message = [`${first.slice(0, 1).toUpperCase()}${first.slice(1)}`, ...others].join(", and ")
    yield* Effect.fail(new CommandFailed({ message: `${message}.` }))
  }, Effect.scoped),
).pipe(
  withBackendReportingWaits,
  Command.withDescription("Import an export; repeated or interrupted, it makes nothing twice"),
  Command.withExamples([
    { command: "taskwright import tasks.jsonl --dry-run", description: "What would be done" },
    { command: "taskwright import tasks.jsonl" },
    { command: "gunzip < tasks.jsonl.gz | taskwright import -" },
  ]),
)

type Counts = Omit<Effect.Success<ReturnType<typeof importFile>>, "is_whole">

const textOf = (isDryRun: boolean, counts: Counts): string => {
  const { categories_created, imported, imported_again, past_due_dates, present, repeated } = counts
  const tasks = pluralize(imported, "task", "tasks")
  const categories = pluralize(categories_created, "category", "categories")
  const notes = [
    `${present} ${present === 1 ? "was" : "were"} here already`,
    ...(imported_again > 0
      ? [`${imported_again} had been imported before and ${imported_again === 1 ? "was" : "were"} gone`]
      : []),
    ...(repeated > 0
      ? [`${pluralize(repeated, "line", "lines")} repeated a task and ${repeated === 1 ? "was" : "were"} dropped`]
      : []),
  ].join("; ")
  return isDryRun
    ? `Would import ${tasks} (${past_due_dates} due in the past) and make ${categories}; ${notes}.`
    : `Imported ${tasks} and made ${categories}; ${notes}.`
}
