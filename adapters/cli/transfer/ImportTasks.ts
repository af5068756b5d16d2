/** Creates the tasks of an export in the account. */
import { Clock, Effect } from "effect"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { AuthenticatedBackend } from "../backend/Backend.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { type TaskLine, toTaskImport } from "./ExportFormat.ts"
import { findUnrecordedTasks } from "./FindUnrecordedTasks.ts"
import type { makeImportCategories } from "./ImportCategories.ts"
import type { openJournal } from "./ImportJournal.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"
import type { TaskIds } from "./TaskIds.ts"

/** The number of tasks that are created concurrently. */
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

    const make = (line: TaskLine, dueDate: Timestamp | null) =>
      call((backend) =>
        backend.importTask({
          ...toTaskImport(line),
          dueDate,
          categoryIds: categories.idsOf(line.categories),
        }),
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

    const importOne = Effect.fnUntraced(function* (line: TaskLine) {
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
      const dated = created === undefined ? make(line, line.due_date) : Effect.succeed(created)
      const task = yield* dated.pipe(
        Effect.catchTag("DueDateNotInFuture", () =>
          options.isWithoutPastDueDates ? make(line, null) : Effect.succeed(null),
        ),
      )
      if (task === null) return "pastDueDate" satisfies ImportOutcome
      yield* journal.made(line.id, task.id)
      yield* complete(task, line)
      return "imported" satisfies ImportOutcome
    })

    /** Returns whether the task is here already: by the journal, or by its id if the account is the exported one. */
    const isPresent = ({ id }: TaskLine): boolean => done.has(id) || present.has(id)

    const importAll = Effect.fnUntraced(function* (lines: ReadonlyArray<TaskLine>) {
      const open = lines.filter(({ id }) => !done.has(id))
      const ids = open.map(({ id }) => id)
      if (ids.length > 0) yield* journal.begin(ids, yield* Clock.currentTimeMillis)
      const outcomes = yield* Effect.forEach(open, importOne, { concurrency })
      const finished = ids.filter((_, index) => outcomes[index] !== "pastDueDate")
      if (finished.length > 0) yield* journal.done(finished)
      return new Map<TaskId, ImportOutcome>(ids.map((id, index) => [id, outcomes[index] ?? "present"]))
    })

    return { importAll, isPresent }
  })
