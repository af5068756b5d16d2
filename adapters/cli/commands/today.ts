/** The command that lists what is overdue and due today. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { firstPage, PageLimit } from "../../../domain/shared/Page.ts"
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
    const query = { status: openStatuses, dueTo, sort: "due_date", order: "asc", page: firstPage, limit } as const
    const { data: tasks, total } = yield* callAsUser((backend) => backend.listTasks(query))
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
