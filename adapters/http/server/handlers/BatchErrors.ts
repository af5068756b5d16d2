/** The errors of a whole batch, in the terms of its request. */
import { Data } from "effect"
import type { BatchIssue } from "../../../../application/batch/CheckBatch.ts"
import type { BatchResult } from "../../api/v1/BatchApi.ts"
import type { FieldError } from "../../api/v1/ProblemSchemas.ts"

interface Failure {
  readonly failedIndex: number
  readonly results: ReadonlyArray<BatchResult>
}

/** An operation of an atomic batch met a conflict: another try may come out otherwise. */
export class BatchConflict extends Data.TaggedError("BatchConflict")<Failure> {}

/** An operation of an atomic batch was refused for another reason. */
export class BatchRefused extends Data.TaggedError("BatchRefused")<Failure> {}

/** The name of each field of an operation on the wire, if it has another one. */
const wireNames: Readonly<Record<string, string>> = {
  taskId: "task_id",
  categoryId: "category_id",
  categoryIds: "category_ids",
}

/** Returns where a field of an operation is in the request. The path begins with the operation's index. */
export const pathInBatch = (path: ReadonlyArray<string | number>): string =>
  ["body", "operations", ...path.map((step) => wireNames[step] ?? step)].join(".")

/** Returns the field error of a mistake that concerns several operations. */
export const fieldErrorOf = (issue: BatchIssue): FieldError => ({
  path: pathInBatch(issue.path),
  message: messageOf(issue),
})

const messageOf = ({ name, reason }: BatchIssue): string => {
  switch (reason) {
    case "duplicate":
      return `must be another name: an earlier operation has ${name}`
    case "forward":
      return `must name what an earlier operation creates: $${name} is created later`
    case "unknown":
      return `must name what an earlier operation creates: there is no such $${name}`
    case "version_required":
      return "is required"
  }
}
