/** The command that writes all tasks and categories to a file. */
import { Clock, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { escapeControl, pluralize } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { accountId, callAsUser } from "../session/SignedInUser.ts"
import { makeCollectGarbage } from "../transfer/CollectGarbage.ts"
import { exportedCategory, exportedTask, formatVersion } from "../transfer/ExportFormat.ts"
import { fileSink, isStandardOutput, standardOutput } from "../transfer/LineSink.ts"
import { forEachTaskPage } from "../transfer/PageThroughTasks.ts"
import { makeProgress } from "../transfer/Progress.ts"
import { retryWhenRateLimited } from "../transfer/RetryRateLimited.ts"

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
    const user_id = yield* accountId
    const path = Option.getOrElse(file, () => "-")
    const sink = isStandardOutput(path) ? standardOutput : yield* fileSink(path, force)
    const progress = yield* makeProgress
    const collectGarbage = yield* makeCollectGarbage
    const categories = yield* retryWhenRateLimited(
      callAsUser((backend) => backend.listCategories),
      progress.wait,
    )
    const exported_at = fromMillis(yield* Clock.currentTimeMillis)
    yield* sink.write([{ type: "taskwright-export", version: formatVersion, user_id, exported_at }])
    yield* sink.write(categories.map(exportedCategory))
    let count = 0
    yield* forEachTaskPage((tasks, total) => {
      count += tasks.length
      return Effect.andThen(
        sink.write(tasks.map(exportedTask)),
        Effect.andThen(collectGarbage, progress.show(count / Math.max(total, 1), `${count} of ${total} tasks`)),
      )
    }, progress.wait)
    yield* sink.write([{ type: "end", categories: categories.length, tasks: count }])
    yield* sink.finish
    if (isStandardOutput(path)) return
    yield* print(
      () =>
        `Exported ${pluralize(count, "task", "tasks")} and ${pluralize(categories.length, "category", "categories")} to ${escapeControl(path)}.`,
      { file: path, categories: categories.length, tasks: count },
    )
  }, Effect.scoped),
).pipe(
  withBackend,
  Command.withDescription("Write all your tasks and categories as JSON Lines"),
  Command.withExamples([
    { command: "taskwright export -o tasks.jsonl" },
    { command: "taskwright export | gzip > tasks.jsonl.gz", description: "To another program" },
  ]),
)
