import { Effect } from "effect"
import { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { CommandFailed } from "../CliErrors.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import type { TaskLine } from "./ExportFormat.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"
import { madeAt } from "./TaskIds.ts"

/** How far the clocks of this machine and of the server may lie apart. */
const clocksApartMillis = 5 * 60 * 1000
/** How many tasks that were made since are looked through. */
const maximumPages = 1_000
const limit = PageLimit.make(100)

/** What a task is known by where its id tells nothing. */
const contentOf = (task: Pick<Task, "title" | "description" | "priority">): string =>
  JSON.stringify([task.title, task.description, task.priority])

/**
 * Tasks that an import made before it was interrupted, and could not note any more: they were made since it began, and
 * belong to no task that was noted. Each is found once, by what it says.
 */
export const findUnrecordedTasks = Effect.fnUntraced(function* (
  begunAt: number,
  noted: ReadonlySet<TaskId>,
  onWait: (seconds: number) => Effect.Effect<void>,
) {
  const sinceMillis = begunAt - clocksApartMillis
  const since = fromMillis(sinceMillis)
  const orphans = new Map<string, Array<Task>>()
  for (let page = 1; ; page++) {
    if (page > maximumPages) {
      const message = `More than ${maximumPages * limit} tasks were made since the last import: it cannot be gone on with.`
      return yield* Effect.fail(new CommandFailed({ message }))
    }
    // By what was changed last, for an import keeps when a task was made elsewhere.
    const query = { sort: "updated_at", order: "desc", page: PageNumber.make(page), limit } as const
    const { data } = yield* retryWhenRateLimited(
      callAsUser((account) => account.listTasks(query)),
      onWait,
    )
    for (const task of data.filter(({ id }) => madeAt(id) >= sinceMillis && !noted.has(id))) {
      orphans.set(contentOf(task), [...(orphans.get(contentOf(task)) ?? []), task])
    }
    const last = data.at(-1)
    if (last === undefined || data.length < limit || last.updatedAt < since) break
  }
  return {
    /** The oldest one that says what the line says, which is then taken. */
    take: (line: TaskLine): Task | undefined => orphans.get(contentOf(line))?.pop(),
  }
})
