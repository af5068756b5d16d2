/** Checks a batch as a whole, before any of its operations runs. */
import { Data, Option, Result } from "effect"
import {
  type BatchReference,
  checkReferences,
  type BatchOperation as OperationReferences,
  parseReference,
  type ReferenceIssue,
} from "../../domain/changes/BatchReference.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import type { BatchOperation } from "./BatchOperation.ts"

/** One mistake in a batch. The path begins with the index of its operation. */
export type BatchIssue =
  | ReferenceIssue
  | { readonly path: ReferenceIssue["path"]; readonly name: null; readonly reason: "version_required" }

/** The batch has mistakes that need no look at any task. Nothing of it was done. */
export class InvalidBatch extends Data.TaggedError("InvalidBatch")<{ readonly issues: ReadonlyArray<BatchIssue> }> {}

/** Checks that all references resolve in order, and that each update of what exists before the batch names a version. */
export const checkBatch = (operations: ReadonlyArray<BatchOperation>): Result.Result<void, InvalidBatch> => {
  const references = checkReferences(operations.map(referencesOf))
  const issues = [
    ...(Result.isFailure(references) ? references.failure.issues : []),
    ...operations.flatMap(missingVersion),
  ]
  return issues.length === 0 ? Result.void : Result.fail(new InvalidBatch({ issues }))
}

const missingVersion = (operation: BatchOperation, index: number): ReadonlyArray<BatchIssue> => {
  if (operation._tag !== "UpdateTask" && operation._tag !== "UpdateCategory") return []
  const target = operation._tag === "UpdateTask" ? operation.taskId : operation.categoryId
  return operation.version === undefined && Option.isNone(parseReference(target))
    ? [{ path: [index, "version"], name: null, reason: "version_required" }]
    : []
}

type Name = OperationReferences["names"][number]

const nameOf = (entity: Entity, target: string, path: Name["path"]): ReadonlyArray<Name> =>
  Option.match(parseReference(target), { onNone: () => [], onSome: (name) => [{ entity, name, path }] })

const creation = (entity: Entity, name: BatchReference | undefined): OperationReferences["creates"] =>
  name === undefined ? null : { entity, name, path: ["ref"] }

const referencesOf = (operation: BatchOperation): OperationReferences => {
  switch (operation._tag) {
    case "CreateCategory":
      return { creates: creation("category", operation.ref), names: [] }
    case "CreateTask":
      return {
        creates: creation("task", operation.ref),
        names: (operation.categoryIds ?? []).flatMap((target, index) =>
          nameOf("category", target, ["categoryIds", index]),
        ),
      }
    case "UpdateTask":
    case "DeleteTask":
    case "RestoreTask":
      return { creates: null, names: nameOf("task", operation.taskId, ["taskId"]) }
    case "AssignCategory":
    case "RemoveCategory":
      return {
        creates: null,
        names: [
          ...nameOf("task", operation.taskId, ["taskId"]),
          ...nameOf("category", operation.categoryId, ["categoryId"]),
        ],
      }
    case "UpdateCategory":
    case "DeleteCategory":
    case "RestoreCategory":
      return { creates: null, names: nameOf("category", operation.categoryId, ["categoryId"]) }
  }
}
