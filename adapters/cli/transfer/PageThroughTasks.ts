/** Reads all tasks of an account, page by page. */
import { Effect } from "effect"
import { CursorPageLimit, firstPage, PageLimit } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { CursorPage, CursorQuery } from "../backend/Backend.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"

const inOrderOfCreation = { sort: "created_at", order: "asc" } as const

/** The largest page, so that the rate limit lets most tasks pass. */
const limit = CursorPageLimit.make(200)
/** The page of which only the total is of use. */
const smallestPage = { page: firstPage, limit: PageLimit.make(1) }

/**
 * Passes all tasks to `take`, page by page in the order of creation, with the number of tasks at the beginning. No task
 * is missed, and none is passed twice: the time of creation never changes, and new tasks come last.
 */
export const forEachTaskPage = <E, R>(
  take: (tasks: ReadonlyArray<Task>, total: number) => Effect.Effect<void, E, R>,
  onWait: (seconds: number) => Effect.Effect<void>,
) =>
  Effect.gen(function* () {
    const { total } = yield* retryWhenRateLimited(
      callAsUser((backend) => backend.listTasks({ ...inOrderOfCreation, ...smallestPage })),
      onWait,
    )
    let cursor: string | null = ""
    while (cursor !== null) {
      const query: CursorQuery = { ...inOrderOfCreation, cursor, limit }
      const page: CursorPage = yield* retryWhenRateLimited(
        callAsUser((backend) => backend.listTasksByCursor(query)),
        onWait,
      )
      if (page.data.length > 0) yield* take(page.data, total)
      cursor = page.nextCursor
    }
  })
