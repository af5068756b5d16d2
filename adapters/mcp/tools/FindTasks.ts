/** The tool that finds tasks. */
import { Effect, Schema } from "effect"
import { listTasksByCursor } from "../../../application/tasks/ListTasksByCursor.ts"
import { CursorPageLimit } from "../../../domain/shared/Page.ts"
import { maxFilterLength } from "../../../domain/tasks/FilterParser.ts"
import { SortOrder, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { fittingCount } from "../AnswerLimit.ts"
import { objectOf, optional } from "../schema/Arguments.ts"
import { answerSchema, listSchema, notice, noticeSchema, summarySchema, toSummary, types } from "../TaskAnswers.ts"
import { readTool } from "../Tool.ts"

const maxFound = 50
const defaultFound = 20

const filterHelp =
  "Words and conditions: status priority due created updated category title description, with : != < <= > >=. Example: milk (due<=+7d or due:none) -status:completed category:Home. Also overdue, today, or, not."

const fields = {
  filter: optional(Schema.String.check(Schema.isBetweenCodePoints(0, maxFilterLength)), {
    type: "string",
    maxLength: maxFilterLength,
    description: filterHelp,
  }),
  time_zone: optional(Schema.String.check(Schema.isMaxLength(64)), {
    type: "string",
    maxLength: 64,
    description: "Of the days in filter, like Europe/Berlin; UTC by default",
  }),
  sort: optional(TaskSort, { type: "string", enum: TaskSort.literals }),
  order: optional(SortOrder, { type: "string", enum: SortOrder.literals }),
  limit: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxFound })), {
    type: "integer",
    minimum: 1,
    maximum: maxFound,
    description: `${defaultFound} by default`,
  }),
  cursor: optional(Schema.String.check(Schema.isMaxLength(500)), {
    type: "string",
    maxLength: 500,
    description: "The next_cursor of the answer before",
  }),
}

export const findTasks = readTool({
  name: "find_tasks",
  title: "Find tasks",
  description: "Find tasks by words and conditions; without filter, all. Descriptions are in get_task.",
  scopes: ["tasks:read"],
  input: objectOf(fields),
  outputSchema: answerSchema({
    notice: noticeSchema,
    tasks: listSchema(summarySchema),
    next_cursor: types.nullableText,
  }),
  read: ({ cursor, filter, limit, order, sort, time_zone }, { identity: { userId } }) =>
    Effect.gen(function* () {
      const query = {
        userId,
        cursor: cursor ?? "",
        filter: filter ?? undefined,
        timeZone: time_zone ?? undefined,
        sort: sort ?? undefined,
        order: order ?? undefined,
      }
      const first = yield* listTasksByCursor({ ...query, limit: CursorPageLimit.make(limit ?? defaultFound) })
      const count = fittingCount(first.data.map((task) => toSummary(task)))
      // A shorter page ends where the answer does, so its cursor continues there.
      const page =
        count < first.data.length ? yield* listTasksByCursor({ ...query, limit: CursorPageLimit.make(count) }) : first
      return { notice, tasks: page.data.map((task) => toSummary(task)), next_cursor: page.nextCursor }
    }),
})
