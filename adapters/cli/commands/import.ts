import { join } from "node:path"
import { Console, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { lockFile } from "../../filesystem/FileLock.ts"
import { Backend } from "../Backend.ts"
import { connected } from "../Connection.ts"
import { counted, plainJson } from "../output/Plain.ts"
import { Refused } from "../Refusals.ts"
import { credentials } from "../SigningIn.ts"
import { taskwright } from "../Taskwright.ts"
import { importFile } from "../transfer/ImportFile.ts"
import { ConfigFolder, folderOf } from "../UserFolders.ts"

export const importTasks = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(Argument.withDescription("An export, or - for standard input")),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Read and check the file, and change nothing"),
      Flag.withDefault(false),
    ),
    withoutPastDueDates: Flag.Boolean("without-past-due-dates").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Import tasks that a server refuses for a due date in the past without it"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ dryRun, file, withoutPastDueDates }) {
    const { json } = yield* taskwright
    const { user_id } = yield* credentials
    const folder = join(folderOf(yield* ConfigFolder, (yield* Backend).place), "imports")
    // Two imports at once into an account could not know what the other one makes.
    yield* lockFile(join(folder, `${user_id}.lock`))
    const counts = yield* importFile({
      path: file,
      journalPath: join(folder, `${user_id}.jsonl`),
      isDryRun: dryRun,
      isWithoutPastDueDates: withoutPastDueDates,
    })
    const { categories_created, imported, past_due_dates, present, refused } = counts
    const tasks = counted(imported, "task", "tasks")
    const categories = counted(categories_created, "category", "categories")
    const here = `${present} ${present === 1 ? "was" : "were"} here already`
    const words = dryRun
      ? `Would import ${tasks} (${past_due_dates} due in the past) and make ${categories}; ${here}.`
      : `Imported ${tasks} and made ${categories}; ${here}.`
    yield* Console.log(json ? plainJson({ dry_run: dryRun, ...counts }, 2) : words)
    if (refused > 0)
      yield* Effect.fail(new Refused({ message: `${counted(refused, "line was", "lines were")} not imported.` }))
  }, Effect.scoped),
).pipe(
  connected,
  Command.withDescription("Import an export; repeated or interrupted, it makes nothing twice"),
  Command.withExamples([
    { command: "taskwright import tasks.jsonl --dry-run", description: "What would be done" },
    { command: "taskwright import tasks.jsonl" },
    { command: "gunzip < tasks.jsonl.gz | taskwright import -" },
  ]),
)
