/** Creates the tasks of an export in the account. */
import { Clock, Effect, Result } from "effect"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { DueDateNotInFuture } from "../../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { AuthenticatedBackend, ImportError } from "../backend/Backend.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { type TaskLine, toTaskImport } from "./ExportFormat.ts"
import { findUnrecordedTasks } from "./FindUnrecordedTasks.ts"
import { splitIntoBatches } from "./ImportBatches.ts"
import type { makeImportCategories } from "./ImportCategories.ts"
import type { openJournal } from "./ImportJournal.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"
import type { TaskIds } from "./TaskIds.ts"

/** The number of tasks that are completed concurrently, after an interrupted import. */
const concurrency = 8

export interface ImportOptions {
  /** The ids of all tasks that were here; empty if tasks are imported even if they are here. */
  readonly present: TaskIds
  /** Whether a task with a past due date is imported without it if the date would be rejected. */
  readonly isWithoutPastDueDates: boolean
  readonly categories: Effect.Success<ReturnType<typeof makeImportCategories>>
  readonly journal: Effect.Success<ReturnType<typeof openJournal>>
  readonly onWait: (seconds: number) => Effect.Effect<void>
}

/** The outcome for one task of the file. */
export type ImportOutcome = "imported" | "present" | "pastDueDate"

/** Imports tasks in their order, a batch at a time; each batch is recorded in the journal before and after. */
export const makeTaskImport = (options: ImportOptions) =>
  Effect.gen(function* () {
    const { categories, journal, onWait, present } = options
    const { begun, begunAt, done, made } = journal.state
    const unrecorded = begunAt === null ? null : yield* findUnrecordedTasks(begunAt, yield* journal.targets, onWait)
    const call = <A, E extends { readonly _tag: string }>(
      use: (backend: AuthenticatedBackend) => Effect.Effect<A, E>,
    ) => retryWhenRateLimited(callAsUser(use), onWait)

    const found = (id: TaskId) =>
      call((backend) => backend.getTask(id)).pipe(
        Effect.catchTags({ TaskNotFound: () => Effect.succeed(null), NotOwner: () => Effect.succeed(null) }),
      )

    /** Adds to the task what it lacks of the line. */
    const complete = Effect.fnUntraced(function* (start: Task, line: TaskLine) {
      let task = start
      if (task.status !== line.status) {
        task = yield* call((backend) => backend.updateTask(task.id, task.version, { status: line.status }))
      }
      for (const categoryId of categories.idsOf(line.categories)) {
        if (task.categories.some(({ id }) => id === categoryId)) continue
        yield* call((backend) => backend.assignCategory(task.id, categoryId))
      }
    })

    /** Returns what becomes of a task that may be here already; null if it is to be created. */
    const findOne = Effect.fnUntraced(function* (line: TaskLine) {
      const known = made.get(line.id)
      if (known !== undefined) {
        const task = yield* found(known)
        if (task !== null) {
          yield* complete(task, line)
          return "imported" satisfies ImportOutcome
        }
      }
      if (present.has(line.id)) return "present" satisfies ImportOutcome
      const created = begun.has(line.id) ? unrecorded?.take(line) : undefined
      if (created === undefined) return null
      yield* journal.made(line.id, created.id)
      yield* complete(created, line)
      return "imported" satisfies ImportOutcome
    })

    /** Creates the tasks, and returns those that were refused for their due dates. */
    const create = Effect.fnUntraced(function* (
      lines: ReadonlyArray<TaskLine>,
      dueDateOf: (line: TaskLine) => Timestamp | null,
    ) {
      const refused: Array<TaskLine> = []
      for (const batch of splitIntoBatches(lines)) {
        const inputs = batch.map((line) => ({
          ...toTaskImport(line),
          dueDate: dueDateOf(line),
          categoryIds: categories.idsOf(line.categories),
        }))
        const results = yield* call((backend) => backend.importTasks(inputs))
        const errors: Array<Exclude<ImportError, DueDateNotInFuture>> = []
        for (const [index, result] of results.entries()) {
          const line = batch[index]
          if (line === undefined) return yield* Effect.die(new Error("each result belongs to a task"))
          if (Result.isSuccess(result)) yield* journal.made(line.id, result.success.id)
          else if (result.failure._tag === "DueDateNotInFuture") refused.push(line)
          else errors.push(result.failure)
        }
        // The tasks of the batch that were created are recorded first.
        if (errors[0] !== undefined) return yield* Effect.fail(errors[0])
      }
      return refused
    })

    /** Returns whether the task is here already: by the journal, or by its id if the account is the exported one. */
    const isPresent = ({ id }: TaskLine): boolean => done.has(id) || present.has(id)

    const importAll = Effect.fnUntraced(function* (lines: ReadonlyArray<TaskLine>) {
      const open = lines.filter(({ id }) => !done.has(id))
      const ids = open.map(({ id }) => id)
      if (ids.length > 0) yield* journal.begin(ids, yield* Clock.currentTimeMillis)
      const outcomes = new Map<TaskId, ImportOutcome>()
      const settled = yield* Effect.forEach(open, findOne, { concurrency })
      for (const [index, line] of open.entries()) outcomes.set(line.id, settled[index] ?? "imported")
      const missing = open.filter((_, index) => settled[index] === null)
      const late = yield* create(missing, ({ due_date }) => due_date)
      if (options.isWithoutPastDueDates) yield* create(late, () => null)
      else for (const { id } of late) outcomes.set(id, "pastDueDate")
      const finished = ids.filter((id) => outcomes.get(id) !== "pastDueDate")
      if (finished.length > 0) yield* journal.done(finished)
      return outcomes
    })

    return { importAll, isPresent }
  })
