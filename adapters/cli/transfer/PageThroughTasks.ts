/** Reads all tasks of an account, page by page. */
import { Effect } from "effect"
import { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"

/** The maximum page size, and the minimum that is requested. */
const [longest, shortest] = [100, 51]

/** Returns the page number and size that overlap the last seen task and reach furthest past it. */
const overlappingPage = (seenCount: number): { readonly page: number; readonly limit: number } => {
  let best = { page: 1, limit: longest }
  for (let limit = longest; limit >= shortest; limit--) {
    const page = Math.max(1, Math.ceil(seenCount / limit))
    if (page * limit > best.page * best.limit) best = { page, limit }
  }
  return best
}

/** Returns the position of a task in the list by creation. */
const positionOf = (task: Task): string => `${task.createdAt} ${task.id}`

/**
 * Passes all tasks to `take`, page by page in the order of creation. New tasks come last, so they move none; after a
 * deletion, the tasks behind it move forward. So each page begins with a task that was seen before; if it does not, it
 * is read again from an earlier position. No task is missed, and none is passed twice.
 */
export const forEachTaskPage = <E, R>(
  take: (tasks: ReadonlyArray<Task>, total: number) => Effect.Effect<void, E, R>,
  onWait: (seconds: number) => Effect.Effect<void>,
) =>
  Effect.gen(function* () {
    let last = ""
    let seenCount = 0
    for (;;) {
      const { limit, page } = overlappingPage(seenCount)
      const query = {
        sort: "created_at",
        order: "asc",
        page: PageNumber.make(page),
        limit: PageLimit.make(limit),
      } as const
      const { data, total } = yield* retryWhenRateLimited(
        callAsUser((backend) => backend.listTasks(query)),
        onWait,
      )
      const start = (page - 1) * limit
      const [first] = data
      if (start > 0 && (first === undefined || positionOf(first) > last)) {
        seenCount = Math.min(start, total)
        continue
      }
      const fresh = data.filter((task) => positionOf(task) > last)
      const end = fresh.at(-1)
      if (end !== undefined) {
        last = positionOf(end)
        yield* take(fresh, total)
      }
      if (data.length < limit) return
      seenCount = start + data.length
    }
  })
