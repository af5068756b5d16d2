import { Clock, Console, Effect, Result, Schema } from "effect"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { credentials } from "../SigningIn.ts"
import { ExportLine, type TaskLine } from "./ExportFormat.ts"
import { makeImportCategories } from "./ImportCategories.ts"
import { openJournal } from "./ImportJournal.ts"
import { makeImportReport } from "./ImportReport.ts"
import { makeTaskImport } from "./ImportTasks.ts"
import { forEachBatch, type LineBatch } from "./LineBatches.ts"
import { makeMemoryBound } from "./Memory.ts"
import { makeProgress } from "./Progress.ts"

/** How many lines are read, imported and noted together. */
const batchLines = 100

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(ExportLine))

export interface ImportFileOptions {
  readonly path: string
  readonly journalPath: string
  readonly isDryRun: boolean
  readonly isWithoutPastDueDates: boolean
}

/** Imports a file, and gives what became of its tasks. */
export const importFile = (options: ImportFileOptions) =>
  Effect.gen(function* () {
    const { user_id } = yield* credentials
    const progress = yield* makeProgress
    const report = makeImportReport()
    const boundMemory = yield* makeMemoryBound
    const journal = yield* openJournal(options.journalPath)
    const categories = yield* makeImportCategories(options.isDryRun, progress.wait)
    const now = fromMillis(yield* Clock.currentTimeMillis)
    let importer: Effect.Success<ReturnType<typeof makeTaskImport>> | null = null
    let isWhole = false

    const takeTasks = Effect.fnUntraced(function* (
      tasks: ReadonlyArray<{ readonly number: number; readonly line: TaskLine }>,
    ) {
      for (const { line } of tasks) {
        for (const name of line.categories) yield* categories.ensure(name, null)
        if (line.due_date !== null && line.due_date <= now) report.counts.past_due_dates++
      }
      if (importer === null) return
      if (options.isDryRun) {
        for (const { line } of tasks) report.counts[(yield* importer.isPresent(line)) ? "present" : "imported"]++
        return
      }
      const outcomes = yield* importer.importAll(tasks.map(({ line }) => line))
      for (const { line, number } of tasks) {
        const outcome = outcomes.get(line.id) ?? "present"
        if (outcome === "pastDueDate") {
          yield* report.refuse(
            number,
            "its due date lies in the past (--without-past-due-dates imports it without one)",
          )
        } else report.counts[outcome]++
      }
    })

    const take = Effect.fnUntraced(function* ({ lines, share }: LineBatch) {
      const tasks: Array<{ readonly number: number; readonly line: TaskLine }> = []
      for (const { number, text } of lines) {
        if (text.trim() === "") continue
        const read = decode(text)
        if (Result.isFailure(read)) {
          yield* report.refuse(number, firstLineOf(read.failure.message))
          continue
        }
        const line = read.success
        if (line.type === "taskwright-export") {
          importer = yield* makeTaskImport({
            isSameAccount: line.user_id === user_id,
            isWithoutPastDueDates: options.isWithoutPastDueDates,
            categories,
            journal,
            onWait: progress.wait,
          })
        } else if (importer === null)
          yield* report.refuse(number, "the file does not begin as an export of taskwright does")
        else if (line.type === "category") yield* categories.ensure(line.name, line.color)
        else if (line.type === "task") tasks.push({ number, line })
        else isWhole = true
      }
      yield* takeTasks(tasks)
      yield* boundMemory
      yield* progress.show(share, `${report.counts.imported + report.counts.present} tasks`)
    })

    yield* forEachBatch(options.path, batchLines, take)
    if (!isWhole) yield* Console.error("The file has no end line: the export was cut off, or a part of it is missing.")
    return { ...report.counts, categories_created: categories.created() }
  }).pipe(Effect.scoped)

const firstLineOf = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").slice(0, 200)
