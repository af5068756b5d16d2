/** The commands that dump and restore a whole installation. */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { onBackupStore } from "../backend/BackupStoreLayer.ts"
import { escapeControl, pluralize } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { dumpTo, restoreFrom } from "../transfer/DumpFile.ts"
import { fileSink, isStandardOutput, standardOutput } from "../transfer/LineSink.ts"

export const dump = Command.make(
  "dump",
  {
    file: Argument.String("file").pipe(Argument.withDescription("Where to, or - for standard output")),
    force: Flag.Boolean("force").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Replace a file that is there"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ file, force }) {
    const isOutput = isStandardOutput(file)
    const sink = isOutput ? standardOutput : yield* fileSink(file, force)
    const dumped = yield* onBackupStore("dump", dumpTo(sink))
    if (isOutput) return
    const rows = pluralize(dumped.rows, "row", "rows")
    yield* print(() => `Dumped ${rows} to ${escapeControl(file)}. It holds password hashes: keep it safe.`, {
      file,
      ...dumped,
    })
  }, Effect.scoped),
).pipe(
  Command.withDescription("Write the whole database to a file: every account with all its data"),
  Command.withExamples([
    { command: "taskwright dump backup.jsonl" },
    { command: "taskwright dump - | gzip > backup.jsonl.gz", description: "To another program" },
  ]),
)

export const restore = Command.make(
  "restore",
  { file: Argument.String("file").pipe(Argument.withDescription("A dump, or - for standard input")) },
  Effect.fnUntraced(function* ({ file }) {
    const restored = yield* onBackupStore("restore", restoreFrom(file))
    yield* print(() => `Restored ${pluralize(restored.rows, "row", "rows")}.`, restored)
  }, Effect.scoped),
).pipe(
  Command.withDescription("Restore a dump into an empty database, all of it or nothing"),
  Command.withExamples([
    { command: "taskwright restore backup.jsonl" },
    { command: "DATABASE_URL=postgres://localhost/tasks taskwright restore backup.jsonl" },
  ]),
)
