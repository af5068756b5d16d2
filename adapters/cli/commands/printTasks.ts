/** Prints a page of tasks, and remembers their numbers for the next commands. */
import { Effect } from "effect"
import type { Page } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { taskTable } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { isOutputShown, rememberList } from "../session/LastList.ts"

export const printTasks = Effect.fnUntraced(function* (page: Page<Task>) {
  const isNumbered = yield* isOutputShown
  if (isNumbered) yield* rememberList(page.data)
  const { data, limit, page: number, total } = page
  yield* print((style) => taskTable(page, style, { isNumbered }), {
    data: data.map(toTaskResource),
    total,
    page: number,
    limit,
  })
})
