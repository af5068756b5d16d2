/** Imports an export, a batch of lines at a time. */
import { Clock, Console, Effect, Option, Result, Schema } from "effect"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { CommandFailed } from "../CliErrors.ts"
import { accountId } from "../session/SignedInUser.ts"
import { makeCollectGarbage } from "./CollectGarbage.ts"
import { AnyHeaderLine, ExportLine, formatVersion, type TaskLine } from "./ExportFormat.ts"
import { makeFileSections } from "./FileSections.ts"
import { makeImportCategories } from "./ImportCategories.ts"
import { openJournal } from "./ImportJournal.ts"
import { makeImportReport } from "./ImportReport.ts"
import { makeTaskImport } from "./ImportTasks.ts"
import { forEachBatch, type LineBatch } from "./LineBatches.ts"
import { forEachTaskPage } from "./PageThroughTasks.ts"
import { makeProgress } from "./Progress.ts"
import { TaskIds } from "./TaskIds.ts"

/** The number of lines that are read, imported and recorded together. The longest task takes about 30,000 bytes. */
const lineBatches = { size: 100, maximumLineBytes: 100_000, command: "import" } as const

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(ExportLine))
const decodeHeader = Schema.decodeUnknownOption(Schema.fromJsonString(AnyHeaderLine))

export interface ImportFileOptions {
  readonly path: string
  readonly journalPath: string
  readonly isDryRun: boolean
  /** Whether tasks are imported even if they are here already. */
  readonly isAgain: boolean
  readonly isWithoutPastDueDates: boolean
}

/** The ids of all tasks of the account, read once, on first use. */
const makePresentIds = (onWait: (seconds: number) => Effect.Effect<void>) =>
  Effect.cached(
    Effect.gen(function* () {
      const ids = new TaskIds()
      yield* forEachTaskPage(
        (tasks) =>
          Effect.sync(() => {
            for (const { id } of tasks) ids.add(id)
          }),
        onWait,
      )
      return ids
    }),
  )

/** Imports a file. Returns the outcome of its tasks, and what the file lacks. */
export const importFile = (options: ImportFileOptions) =>
  Effect.gen(function* () {
    const user_id = yield* accountId
    const progress = yield* makeProgress
    const report = makeImportReport()
    const sections = makeFileSections()
    const collectGarbage = yield* makeCollectGarbage
    const present = yield* makePresentIds(progress.wait)
    const { isAgain, isDryRun } = options
    const journal = yield* openJournal(options.journalPath, { present, isAnew: isAgain, isDryRun })
    const categories = yield* makeImportCategories(isDryRun, progress.wait)
    const now = fromMillis(yield* Clock.currentTimeMillis)
    const seen = new TaskIds()
    let importer: Effect.Success<ReturnType<typeof makeTaskImport>> | null = null

    const begin = Effect.fnUntraced(function* (userId: string) {
      sections.header()
      importer = yield* makeTaskImport({
        // The account's own export names tasks by their ids here.
        present: !isAgain && userId === user_id ? yield* present : new TaskIds(),
        isWithoutPastDueDates: options.isWithoutPastDueDates,
        categories,
        journal,
        onWait: progress.wait,
      })
    })

    const takeTasks = Effect.fnUntraced(function* (
      tasks: ReadonlyArray<{ readonly number: number; readonly line: TaskLine }>,
    ) {
      for (const { line } of tasks) {
        for (const name of line.categories) yield* categories.ensure(name, null)
        if (line.due_date !== null && line.due_date <= now) report.counts.past_due_dates++
      }
      if (importer === null) return
      const { importAll, isPresent } = importer
      const outcomes = isDryRun
        ? new Map(tasks.map(({ line }) => [line.id, isPresent(line) ? ("present" as const) : ("imported" as const)]))
        : yield* importAll(tasks.map(({ line }) => line))
      for (const { line, number } of tasks) {
        const outcome = outcomes.get(line.id) ?? "present"
        if (outcome === "pastDueDate") {
          yield* report.refuse(
            number,
            "its due date lies in the past (--without-past-due-dates imports it without one)",
          )
        } else report.counts[outcome]++
        if (outcome === "imported" && journal.state.gone.has(line.id)) report.counts.imported_again++
      }
    })

    /** Returns why the line is not imported; null if it is imported, or is no task. */
    const takeLine = Effect.fnUntraced(function* (text: string | null, take: (task: TaskLine) => void) {
      const read = text === null ? null : decode(text)
      if (read === null || Result.isFailure(read)) {
        const header = text === null ? Option.none() : decodeHeader(text)
        if (Option.isSome(header) && header.value.version > formatVersion) {
          const message = `The file was made by a newer Taskwright: its format is version ${header.value.version}, and this one reads version ${formatVersion}. Update Taskwright.`
          return yield* Effect.fail(new CommandFailed({ message }))
        }
        sections.line()
        return read === null ? "it is not UTF-8" : inOneLine(read.failure.message)
      }
      const line = read.success
      if (line.type === "taskwright-export") {
        yield* begin(line.user_id)
        return null
      }
      const isInSection = line.type === "end" ? sections.end(line.categories + line.tasks) : sections.line()
      if (!isInSection) {
        return importer === null
          ? "the file does not begin as an export of taskwright does"
          : "it stands behind the end line"
      }
      if (line.type === "category") yield* categories.ensure(line.name, line.color)
      if (line.type === "task") {
        // If a task is in the file twice, its first occurrence is imported.
        if (seen.has(line.id)) report.counts.repeated++
        else take(line)
        seen.add(line.id)
      }
      return null
    })

    const take = Effect.fnUntraced(function* ({ lines, share }: LineBatch) {
      const tasks: Array<{ readonly number: number; readonly line: TaskLine }> = []
      for (const { number, text } of lines) {
        if (text?.trim() === "") continue
        const why = yield* takeLine(text, (line) => tasks.push({ number, line }))
        if (why !== null) yield* report.refuse(number, why)
      }
      yield* takeTasks(tasks)
      yield* collectGarbage
      yield* progress.show(share, `${report.counts.imported + report.counts.present} tasks`)
    })

    yield* forEachBatch(options.path, lineBatches, take)
    const faults = sections.faults()
    yield* Effect.forEach(faults, (fault) => Console.error(fault), { discard: true })
    return { ...report.counts, categories_created: categories.created(), is_whole: faults.length === 0 }
  }).pipe(Effect.scoped)

const inOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").slice(0, 200)
