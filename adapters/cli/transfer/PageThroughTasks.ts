import { Effect } from "effect"
import { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"

/** The longest page, and the shortest that is asked for. */
const [longest, shortest] = [100, 51]

/** The page that begins before the place and reaches furthest beyond it, of all ways to cut a list into pages. */
const overlappingPage = (place: number): { readonly page: number; readonly limit: number } => {
  let best = { page: 1, limit: longest }
  for (let limit = longest; limit >= shortest; limit--) {
    const page = Math.max(1, Math.ceil(place / limit))
    if (page * limit > best.page * best.limit) best = { page, limit }
  }
  return best
}

/** Where a task stands in the list by creation. */
const positionOf = (task: Task): string => `${task.createdAt} ${task.id}`

/**
 * Gives all tasks to `take`, page by page in the order in which they were made. New tasks come last, so they move none;
 * where a task is deleted meanwhile, those behind it move forward. So each page begins with one that was seen before: if
 * it does not, it is read again from further ahead. Nothing is missed, and nothing is given twice.
 */
export const forEachTaskPage = <E, R>(
  take: (tasks: ReadonlyArray<Task>, total: number) => Effect.Effect<void, E, R>,
  onWait: (seconds: number) => Effect.Effect<void>,
) =>
  Effect.gen(function* () {
    let last = ""
    let place = 0
    for (;;) {
      const { limit, page } = overlappingPage(place)
      const query = {
        sort: "created_at",
        order: "asc",
        page: PageNumber.make(page),
        limit: PageLimit.make(limit),
      } as const
      const { data, total } = yield* retryWhenRateLimited(
        callAsUser((account) => account.listTasks(query)),
        onWait,
      )
      const start = (page - 1) * limit
      const [first] = data
      if (start > 0 && (first === undefined || positionOf(first) > last)) {
        place = Math.min(start, total)
        continue
      }
      const fresh = data.filter((task) => positionOf(task) > last)
      const end = fresh.at(-1)
      if (end !== undefined) {
        last = positionOf(end)
        yield* take(fresh, total)
      }
      if (data.length < limit) return
      place = start + data.length
    }
  })
