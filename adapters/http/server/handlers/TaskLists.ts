/** Reads lists of tasks for the endpoints that list them, and makes their responses. */
import { Data, Effect } from "effect"
import { listTasks } from "../../../../application/tasks/ListTasks.ts"
import { listTasksByCursor } from "../../../../application/tasks/ListTasksByCursor.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { SequenceNumber } from "../../../../domain/changes/Change.ts"
import { PageLimit } from "../../../../domain/shared/Page.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { InvalidFilter } from "../../../../domain/tasks/FilterErrors.ts"
import type { ListTasksParameters } from "../../api/v1/TaskRequests.ts"
import { toTaskResource } from "../../api/v1/TaskResource.ts"

interface ReadPage {
  readonly evaluatedAt: Timestamp | null
  readonly latest?: SequenceNumber | undefined
}

/** The filter in that part of the request cannot be read. */
export class InvalidFilterIn extends Data.TaggedError("InvalidFilterIn")<{
  readonly path: "query.filter" | "body.filter"
  readonly mistake: InvalidFilter
}> {}

const evaluationOf = (evaluatedAt: Timestamp | null, timeZone = "UTC") =>
  evaluatedAt === null ? {} : { evaluated_at: evaluatedAt, time_zone: timeZone }

/** Returns the number of the user's newest change; null if the page changes with the time of the request, too. */
const latestOf = ({ evaluatedAt, latest }: ReadPage): SequenceNumber | null =>
  evaluatedAt === null ? (latest ?? null) : null

/** Reads the page by its number, or by a cursor. Returns it with what `PageRead` says of the user's newest change. */
const readPage = Effect.fnUntraced(function* (userId: UserId, query: typeof ListTasksParameters.Type) {
  const list = {
    userId,
    status: query.status,
    priority: query.priority,
    categoryId: query.category_id,
    dueFrom: query.due_from,
    dueTo: query.due_to,
    filter: query.filter,
    timeZone: query.time_zone,
    sort: query.sort,
    order: query.order,
  }
  if (query.cursor !== undefined) {
    const page = yield* listTasksByCursor({ ...list, cursor: query.cursor, limit: query.limit })
    const resource = {
      data: page.data.map(toTaskResource),
      next_cursor: page.nextCursor,
      changes_cursor: page.changesCursor,
      limit: page.limit,
      ...evaluationOf(page.evaluatedAt, query.time_zone),
    }
    return { resource, latest: latestOf(page) }
  }
  // Without a cursor, the limit was decoded as one of a numbered page.
  const pageLimit = query.limit === undefined ? undefined : PageLimit.make(query.limit)
  const found = yield* listTasks({ ...list, page: query.page, limit: pageLimit })
  const { data, evaluatedAt, limit, page, total } = found
  const resource = { data: data.map(toTaskResource), total, page, limit, ...evaluationOf(evaluatedAt, query.time_zone) }
  return { resource, latest: latestOf(found) }
})

/** Returns the page that the parameters in that part of the request select. */
export const readTaskList = (source: "query" | "body", userId: UserId, parameters: typeof ListTasksParameters.Type) =>
  Effect.catchTag(readPage(userId, parameters), "InvalidFilter", (mistake) =>
    Effect.fail(new InvalidFilterIn({ path: `${source}.filter`, mistake })),
  )
