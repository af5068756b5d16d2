/** Converts the operations of a batch, and their results, between the wire and the use case. */
import { Result } from "effect"
import type { BatchOperation } from "../../../../application/batch/BatchOperation.ts"
import type { BatchOutcome } from "../../../../application/batch/RunBatch.ts"
import type { OperationError, OperationResult } from "../../../../application/batch/RunOperation.ts"
import type { AcceptedVersions } from "../../../../domain/shared/Version.ts"
import type { BatchResult, OperationProblem } from "../../api/v1/BatchApi.ts"
import type { OperationPayload } from "../../api/v1/BatchRequests.ts"
import { toCategoryResource } from "../../api/v1/CategoryResource.ts"
import { toMergeResource } from "../../api/v1/MergeResource.ts"
import { fieldsOfPayload, toTaskResource } from "../../api/v1/TaskResource.ts"
import { pathInBatch } from "./BatchErrors.ts"
import { problemOf } from "./ToProblem.ts"

type Version = Extract<OperationPayload, { op: "update_task" }>["version"]

const versionOf = (version: Version): AcceptedVersions | undefined => (version === "*" ? "any" : version)

/** Returns the operation of the use case. */
export const toOperation = (payload: OperationPayload): BatchOperation => {
  switch (payload.op) {
    case "create_category":
      return { _tag: "CreateCategory", ref: payload.ref, ...payload.category }
    case "create_task": {
      const { category_ids: categoryIds, ref, task } = payload
      return { _tag: "CreateTask", ref, ...fieldsOfPayload(task), categoryIds }
    }
    case "update_task": {
      const { on_conflict: onConflict, task, task_id: taskId, version } = payload
      return { _tag: "UpdateTask", taskId, version: versionOf(version), onConflict, ...fieldsOfPayload(task) }
    }
    case "assign_category":
      return { _tag: "AssignCategory", ...pairOf(payload) }
    case "remove_category":
      return { _tag: "RemoveCategory", ...pairOf(payload) }
    case "delete_task":
      return { _tag: "DeleteTask", taskId: payload.task_id, version: versionOf(payload.version) }
    case "restore_task":
      return { _tag: "RestoreTask", taskId: payload.task_id, version: versionOf(payload.version) }
    case "update_category": {
      const { category, category_id: categoryId, version } = payload
      return { _tag: "UpdateCategory", categoryId, version: versionOf(version), ...category }
    }
    case "delete_category":
      return { _tag: "DeleteCategory", categoryId: payload.category_id, version: versionOf(payload.version) }
    case "restore_category":
      return { _tag: "RestoreCategory", categoryId: payload.category_id, version: versionOf(payload.version) }
  }
}

const pairOf = ({
  category_id: categoryId,
  task_id: taskId,
  version,
}: Extract<OperationPayload, { op: "assign_category" | "remove_category" }>) => ({
  taskId,
  categoryId,
  version: versionOf(version),
})

/** Returns the results of the operations that ran. */
export const toResults = (results: BatchOutcome["results"], requestId: string): ReadonlyArray<BatchResult> =>
  results.map((result, index) => ({
    index,
    ...(Result.isSuccess(result) ? resultOf(result.success) : refusalOf(result.failure, index, requestId)),
  }))

const resultOf = (result: OperationResult): Omit<BatchResult, "index"> => {
  switch (result._tag) {
    case "Task":
      return {
        status: result.isNew ? 201 : 200,
        task: toTaskResource(result.task),
        ...(result.merged !== null && { merged: toMergeResource(result.merged) }),
      }
    case "Category":
      return { status: result.isNew ? 201 : 200, category: toCategoryResource(result.category) }
    case "Gone":
      return { status: 204 }
  }
}

const refusalOf = (error: OperationError, index: number, requestId: string): Omit<BatchResult, "index"> => {
  const problem = inOperation(problemOf(error, requestId), index)
  return { status: problem.status, problem }
}

/** Corrects the paths of field errors, which are those of the same request on its own. */
const inOperation = (problem: OperationProblem, index: number): OperationProblem =>
  problem.code === "validation_failed"
    ? {
        ...problem,
        errors: problem.errors.map(({ message, path }) => ({
          path: path.replace(/^body\./, `${pathInBatch([index, "task"])}.`),
          message,
        })),
      }
    : problem
