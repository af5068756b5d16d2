/** The calls for several tasks at once, sent to a server as one batch. */
import { Effect, Result } from "effect"
import { CategoryNotFound } from "../../../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { NotOwner } from "../../../../domain/shared/NotOwner.ts"
import { checkCategories, type Task } from "../../../../domain/tasks/Task.ts"
import { DueDateNotInFuture, TaskNotFound } from "../../../../domain/tasks/TaskErrors.ts"
import type { TaskStatus } from "../../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import type { BatchResult, OperationProblem } from "../../../http/api/v1/BatchApi.ts"
import type { Client } from "../../../http/client/TaskwrightClient.ts"
import { CommandFailed } from "../../CliErrors.ts"
import type { AuthenticatedBackend, ImportError, TaskToImport } from "../Backend.ts"
import type { withAccessToken } from "./AccessTokenContext.ts"
import { toTask } from "./FromResources.ts"
import { detailOf, type makeMapProblems } from "./MapProblems.ts"
import { limitOf, newTaskPayload, ofTask } from "./TaskPayloads.ts"

type Operation = Parameters<Client["batch"]["runBatch"]>[0]["payload"]["operations"][number]

/** Builds the calls for several tasks. A single one is sent on its own. */
export const makeRemoteBatch = (
  { batch, tasks }: Client,
  mapProblems: ReturnType<typeof makeMapProblems>,
  authorized: ReturnType<typeof withAccessToken>,
) => {
  /** Runs an operation for each of the tasks, or none. */
  const runAll = (ids: ReadonlyArray<TaskId>, toOperation: (id: TaskId) => Operation) =>
    mapProblems(authorized(batch.runBatch({ payload: { operations: ids.map(toOperation) } })), {
      batch_failed: ({ failed_index, results }) => toTaskError(results[failed_index]?.problem, ids[failed_index]),
    })

  const setStatuses = (ids: ReadonlyArray<TaskId>, status: TaskStatus) => {
    const [taskId, ...others] = ids
    if (taskId !== undefined && others.length === 0) {
      const input = { params: { task_id: taskId }, headers: { "if-match": "*" }, payload: { status } }
      return mapProblems(authorized(tasks.updateTask(input)), ofTask(taskId)).pipe(
        Effect.map(({ task }): ReadonlyArray<Task> => [toTask(task)]),
      )
    }
    return runAll(ids, (id) => ({ op: "update_task", task_id: id, version: "*", task: { status } })).pipe(
      Effect.map(({ results }) => results.flatMap(({ task }) => (task === undefined ? [] : [toTask(task)]))),
    )
  }

  const deleteTasks: AuthenticatedBackend["deleteTasks"] = (ids) => {
    const [taskId, ...others] = ids
    return taskId !== undefined && others.length === 0
      ? Effect.asVoid(mapProblems(authorized(tasks.deleteTask({ params: { task_id: taskId } })), ofTask(taskId)))
      : Effect.asVoid(runAll(ids, (id) => ({ op: "delete_task", task_id: id })))
  }

  const importTasks: AuthenticatedBackend["importTasks"] = Effect.fnUntraced(function* (inputs) {
    // On the wire, too many categories are an invalid value, for which the server refuses the whole batch.
    const sent = inputs.filter(({ categoryIds }) => Result.isSuccess(checkCategories(withoutDuplicates(categoryIds))))
    if (sent.length === 0) return inputs.map(() => Result.fail(limitOf("task")()))
    const operations = sent.map(({ categoryIds, createdAt: _, ...fields }): Operation => {
      const { category_ids, ...task } = newTaskPayload(fields, withoutDuplicates(categoryIds))
      // On the wire, a task is created now, and not when it was created elsewhere.
      return { op: "create_task", task, ...(category_ids !== undefined && { category_ids }) }
    })
    const { results } = yield* mapProblems(authorized(batch.runBatch({ payload: { operations, atomic: false } })), {})
    const bySent = new Map(sent.map((input, index) => [input, toImportResult(results[index], input)]))
    return inputs.map((input) => bySent.get(input) ?? Result.fail(limitOf("task")()))
  })

  return { setStatuses, deleteTasks, importTasks }
}

const withoutDuplicates = (ids: ReadonlyArray<CategoryId>): ReadonlyArray<CategoryId> => [...new Set(ids)]

/** Returns the error of the operation that ended a batch. */
const toTaskError = (problem: OperationProblem | undefined, taskId: TaskId | undefined) => {
  if (taskId !== undefined && problem?.code === "task_not_found") return new TaskNotFound({ taskId })
  if (problem?.code === "not_owner") return new NotOwner({ resource: "task" })
  return toCommandFailed(problem)
}

const toCommandFailed = (problem: OperationProblem | undefined) =>
  new CommandFailed({ message: problem === undefined ? "The server did not say why it failed." : detailOf(problem) })

const toImportResult = (result: BatchResult | undefined, input: TaskToImport): Result.Result<Task, ImportError> =>
  result?.task === undefined ? Result.fail(toImportError(result?.problem, input)) : Result.succeed(toTask(result.task))

const toImportError = (problem: OperationProblem | undefined, { categoryIds, dueDate }: TaskToImport): ImportError => {
  switch (problem?.code) {
    case "validation_failed":
      return dueDate !== null && problem.errors.every(({ path }) => path.endsWith(".due_date"))
        ? new DueDateNotInFuture({ dueDate })
        : toCommandFailed(problem)
    case "category_not_found":
      // The server does not say which of them is missing.
      return new CategoryNotFound({ categoryId: categoryIds[0] ?? ("" as CategoryId) })
    case "not_owner":
      return new NotOwner({ resource: "category" })
    case "category_limit_reached":
      return limitOf("task")()
    default:
      return toCommandFailed(problem)
  }
}
