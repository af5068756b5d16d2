/** The tool that reads one task. */
import { Effect, Schema } from "effect"
import { getTask as readTask } from "../../../application/tasks/GetTask.ts"
import { readTaskHistory } from "../../../application/tasks/ReadTaskHistory.ts"
import { CursorPageLimit } from "../../../domain/shared/Page.ts"
import { fittingCount, maxAnswerTokens, tokensOf } from "../AnswerLimit.ts"
import { objectOf, optional } from "../schema/Arguments.ts"
import { taskId } from "../schema/TaskArguments.ts"
import {
  answerSchema,
  changeSchema,
  listSchema,
  notice,
  noticeSchema,
  toChange,
  toWholeTask,
  types,
} from "../TaskAnswers.ts"
import { readTool } from "../Tool.ts"

const fields = {
  id: taskId,
  history: optional(Schema.Boolean, { type: "boolean", description: "With its last 20 changes" }),
}

const historyLimit = CursorPageLimit.make(20)

export const getTask = readTool({
  name: "get_task",
  title: "Get a task",
  description: "Read one task whole.",
  scopes: ["tasks:read"],
  input: objectOf(fields),
  outputSchema: answerSchema({ notice: noticeSchema, task: types.object, "history?": listSchema(changeSchema) }),
  read: ({ history, id: taskId }, { identity: { userId } }) =>
    Effect.gen(function* () {
      const task = toWholeTask(yield* readTask({ userId, taskId }))
      if (history !== true) return { notice, task }
      const { data } = yield* Effect.catchTags(readTaskHistory({ userId, taskId, limit: historyLimit }), {
        // No cursor is given.
        InvalidCursor: Effect.die,
        CursorMismatch: Effect.die,
      })
      const changes = data.map(toChange)
      const left = maxAnswerTokens - reservedTokens - tokensOf(task)
      return { notice, task, history: changes.slice(0, fittingCount(changes, left)) }
    }),
})

const reservedTokens = 200
