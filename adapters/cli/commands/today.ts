/** The command that lists what is overdue and due today. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { firstPage, PageLimit } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { decodeDate } from "../arguments/DecodeArgument.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { dueToday } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { isOutputShown, rememberList } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The maximum number of tasks that are listed, the longest overdue first. */
const limit = PageLimit.make(100)
const openStatuses: ReadonlyArray<TaskStatus> = ["pending", "in_progress"]

export const today = Command.make(
  "today",
  {},
  Effect.fnUntraced(function* () {
    const dueTo = yield* decodeDate("today", "to")
    const pages = yield* Effect.forEach(openStatuses, (status) => {
      const query = { status, dueTo, sort: "due_date", order: "asc", page: firstPage, limit } as const
      return callAsUser((backend) => backend.listTasks(query))
    })
    const tasks = pages
      .flatMap(({ data }) => data)
      .toSorted(byDueDate)
      .slice(0, limit)
    const total = pages.reduce((sum, page) => sum + page.total, 0)
    const isNumbered = yield* isOutputShown
    if (isNumbered) yield* rememberList(tasks)
    yield* print((style) => dueToday({ tasks, total }, style, { isNumbered }), {
      data: tasks.map(toTaskResource),
      total,
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("List the open tasks that are overdue or due today, in your time zone"),
  Command.withExamples([{ command: "taskwright today" }]),
)

const byDueDate = (one: Task, other: Task): number => {
  const [a, b] = [one.dueDate ?? "", other.dueDate ?? ""]
  return a < b ? -1 : a > b ? 1 : one.id < other.id ? -1 : 1
}
