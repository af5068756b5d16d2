import { Clock, Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { connected } from "../backend/Connection.ts"
import { counted, plain, plainJson } from "../output/TerminalText.ts"
import { taskwright } from "../RootCommand.ts"
import { asUser, credentials } from "../session/SignedInUser.ts"
import { makeMemoryBound } from "../transfer/BoundMemory.ts"
import { categoryLine, formatVersion, taskLine } from "../transfer/ExportFormat.ts"
import { fileSink, isStandardOutput, standardOutput } from "../transfer/LineSink.ts"
import { forEachPage } from "../transfer/PageThroughTasks.ts"
import { makeProgress } from "../transfer/Progress.ts"
import { patiently } from "../transfer/RetryRateLimited.ts"

export const exportTasks = Command.make(
  "export",
  {
    file: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("Where to; standard output by default, and for -"),
      Flag.optional,
    ),
    force: Flag.Boolean("force").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Replace a file that is there"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ file, force }) {
    const { user_id } = yield* credentials
    const path = Option.getOrElse(file, () => "-")
    const sink = isStandardOutput(path) ? standardOutput : yield* fileSink(path, force)
    const progress = yield* makeProgress
    const boundMemory = yield* makeMemoryBound
    const categories = yield* patiently(
      asUser((account) => account.listCategories),
      progress.wait,
    )
    const exported_at = fromMillis(yield* Clock.currentTimeMillis)
    yield* sink.write([{ type: "taskwright-export", version: formatVersion, user_id, exported_at }])
    yield* sink.write(categories.map(categoryLine))
    let count = 0
    yield* forEachPage((tasks, total) => {
      count += tasks.length
      return Effect.andThen(
        sink.write(tasks.map(taskLine)),
        Effect.andThen(boundMemory, progress.show(count / Math.max(total, 1), `${count} of ${total} tasks`)),
      )
    }, progress.wait)
    yield* sink.write([{ type: "end", categories: categories.length, tasks: count }])
    yield* sink.finish
    if (isStandardOutput(path)) return
    const { json } = yield* taskwright
    yield* Console.log(
      json
        ? plainJson({ file: path, categories: categories.length, tasks: count }, 2)
        : `Exported ${counted(count, "task", "tasks")} and ${counted(categories.length, "category", "categories")} to ${plain(path)}.`,
    )
  }, Effect.scoped),
).pipe(
  connected,
  Command.withDescription("Write all your tasks and categories as JSON Lines"),
  Command.withExamples([
    { command: "taskwright export -o tasks.jsonl" },
    { command: "taskwright export | gzip > tasks.jsonl.gz", description: "To another program" },
  ]),
)
