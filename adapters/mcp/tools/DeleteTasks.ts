/** The tool that moves tasks to the trash. */
import { Effect } from "effect"
import type { BatchOperation } from "../../../application/batch/BatchOperation.ts"
import { runPlan } from "../../../application/batch/RunPlan.ts"
import { TaskId } from "../../../domain/tasks/TaskId.ts"
import { listOf, objectOf, required } from "../schema/Arguments.ts"
import { maxTasks, taskId, writeOptions } from "../schema/TaskArguments.ts"
import { writeTool } from "../Tool.ts"
import { presentPlan, writeSchema } from "../WriteAnswers.ts"
import { requireDistinct } from "./DistinctTasks.ts"

const ids = listOf({ schema: TaskId, json: taskId.json }, [1, maxTasks])
const fields = { ids: required(ids.schema, ids.json), ...writeOptions }

export const deleteTasks = writeTool({
  name: "delete_tasks",
  title: "Delete tasks",
  description: `Move 1 to ${maxTasks} tasks to the trash, all or none. The first call returns a plan with a token to confirm.`,
  scopes: ["tasks:delete"],
  input: objectOf(fields),
  outputSchema: writeSchema,
  isDestructive: true,
  write: ({ confirm, dry_run, ids }, { identity }, request) =>
    requireDistinct("ids", ids, () =>
      runPlan({
        userId: identity.userId,
        taskIds: ids,
        request,
        needsConfirmation: true,
        confirmation: confirm ?? null,
        isDryRun: dry_run === true,
        decide: () => Effect.succeed(ids.map((taskId): BatchOperation => ({ _tag: "DeleteTask", taskId }))),
      }),
    ),
  present: (result, { ids }) =>
    presentPlan(result, (operation) => {
      if (operation._tag !== "DeleteTask") return null
      // It names no task that the plan creates.
      return ids.indexOf(operation.taskId as TaskId)
    }),
})
