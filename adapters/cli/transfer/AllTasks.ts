import { Effect } from "effect"
import { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { asUser } from "../SigningIn.ts"
import { patiently } from "./Patience.ts"

const limit = PageLimit.make(100)

/** Where a task stands in the list by creation. */
const positionOf = (task: Task): string => `${task.createdAt} ${task.id}`

/**
 * Gives all tasks to `take`, page by page in the order in which they were made. New tasks come last, so they move none;
 * where a task is deleted meanwhile, those behind it move forward, and the pages before are read again as far as that
 * goes, without giving a task twice. Not seen is only a task that moved past the place while as many new ones came.
 */
export const forEachPage = <E, R>(
  take: (tasks: ReadonlyArray<Task>, total: number) => Effect.Effect<void, E, R>,
  onWait: (seconds: number) => Effect.Effect<void>,
) =>
  Effect.gen(function* () {
    let last = ""
    let known = 0
    for (let page = 1; ; page++) {
      const query = { sort: "created_at", order: "asc", page: PageNumber.make(page), limit } as const
      const { data, total } = yield* patiently(
        asUser((account) => account.listTasks(query)),
        onWait,
      )
      const gone = known - total
      known = total
      if (gone > 0 && page > 1) {
        page = Math.max(0, page - 1 - Math.ceil(gone / limit))
        continue
      }
      const fresh = data.filter((task) => positionOf(task) > last)
      const end = fresh.at(-1)
      if (end !== undefined) {
        last = positionOf(end)
        yield* take(fresh, total)
      }
      if (data.length < limit) return
    }
  })
