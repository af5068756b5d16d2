/** Recovers from an interrupted import. */
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

/** The maximum difference between the clocks of this machine and of the server. */
const clocksApartMillis = 5 * 60 * 1000
/** The maximum number of pages searched for tasks created since. */
const maximumPages = 1_000
const limit = PageLimit.make(100)

/** The content that identifies a task if its id does not. */
const contentOf = (task: Pick<Task, "title" | "description" | "priority">): string =>
  JSON.stringify([task.title, task.description, task.priority])

/**
 * Tasks that an interrupted import created but did not record. They were created since it began, and no record names
 * them. Matched by content, each at most once.
 */
export const findUnrecordedTasks = Effect.fnUntraced(function* (
  begunAt: number,
  recorded: ReadonlySet<TaskId>,
  onWait: (seconds: number) => Effect.Effect<void>,
) {
  const sinceMillis = begunAt - clocksApartMillis
  const since = fromMillis(sinceMillis)
  const unrecorded = new Map<string, Array<Task>>()
  for (let page = 1; ; page++) {
    if (page > maximumPages) {
      const message = `More than ${maximumPages * limit} tasks were made since the last import: it cannot be gone on with.`
      return yield* Effect.fail(new CommandFailed({ message }))
    }
    // Sorted by the last change, because an import keeps the original creation time.
    const query = { sort: "updated_at", order: "desc", page: PageNumber.make(page), limit } as const
    const { data } = yield* retryWhenRateLimited(
      callAsUser((backend) => backend.listTasks(query)),
      onWait,
    )
    for (const task of data.filter(({ id }) => madeAt(id) >= sinceMillis && !recorded.has(id))) {
      unrecorded.set(contentOf(task), [...(unrecorded.get(contentOf(task)) ?? []), task])
    }
    const last = data.at(-1)
    if (last === undefined || data.length < limit || last.updatedAt < since) break
  }
  return {
    /** Removes and returns the oldest task with the line's content. */
    take: (line: TaskLine): Task | undefined => unrecorded.get(contentOf(line))?.pop(),
  }
})
