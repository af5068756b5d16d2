/** Defines the responses to an undo, and how to make them from the domain's. */
import { Schema } from "effect"
import type { BatchId } from "../../../../domain/changes/BatchId.ts"
import type { Undone, UndoObstacle, UndoObstacleReason } from "../../../../domain/changes/UndoPlan.ts"
import type { Version } from "../../../../domain/shared/Version.ts"
import { ActorResource } from "./ChangeResource.ts"
import { problemSchema } from "./ProblemSchemas.ts"
import { CategoryFieldName, TaskFieldName, toCategoryFieldNames, toTaskFieldNames } from "./RecordedValues.ts"
import { batchIdExample, categoryIdExample, changeIdExample, IdString, taskIdExample } from "./SchemaAnnotations.ts"

const changeId = Schema.String.annotate({
  description: "The first of the changes of it that are taken back.",
  format: "uuid",
  examples: [changeIdExample],
})
const taskId = { task_id: IdString("task", taskIdExample) }
const categoryId = { category_id: IdString("category", categoryIdExample) }

const undone = {
  change_id: changeId,
  version: Schema.Int.annotate({ description: "The version after the undo.", examples: [9] }),
}

const UndoneResource = Schema.Union([
  Schema.Struct({ ...undone, ...taskId }).annotate({ identifier: "UndoneTask" }),
  Schema.Struct({ ...undone, ...categoryId }).annotate({ identifier: "UndoneCategory" }),
])

const reasons = [
  "changed",
  "deleted_again",
  "in_use",
  "name_taken",
  "category_gone",
  "purged",
  "expired",
] as const satisfies ReadonlyArray<UndoObstacleReason>

const obstacle = {
  change_id: changeId,
  reason: Schema.Literals(reasons).annotate({
    description:
      "`changed`: it was changed since. `deleted_again`: it was restored and deleted again. `in_use`: other tasks have the created category. `name_taken`: another category has the name. `category_gone`: the task gets the categories in `category_ids`, which are deleted, so it does not show them; this blocks nothing. `purged`: the change is a purge. `expired`: it was purged since.",
  }),
  current_version: Schema.NullOr(Schema.Int.annotate({ description: "Null if it was purged.", examples: [9] })),
  by: Schema.NullOr(
    ActorResource.annotate({ description: "The actor of the change that is in the way; null if unknown." }),
  ),
}
const fieldsOf = <Name extends Schema.Top>(name: Name) =>
  Schema.Array(name).annotate({
    description: "The fields that keep their present values. Empty if only a creation, deletion or restoration stays.",
  })

export const UndoObstacleResource = Schema.Union([
  Schema.Struct({
    ...obstacle,
    ...taskId,
    fields: fieldsOf(TaskFieldName),
    category_ids: Schema.optionalKey(Schema.Array(IdString("category", categoryIdExample))),
  }).annotate({ identifier: "TaskUndoObstacle" }),
  Schema.Struct({ ...obstacle, ...categoryId, fields: fieldsOf(CategoryFieldName) }).annotate({
    identifier: "CategoryUndoObstacle",
  }),
])
export type UndoObstacleResource = typeof UndoObstacleResource.Type

export const UndoResponse = Schema.Struct({
  undone: Schema.Array(UndoneResource).annotate({
    description: "What was changed. Empty if all of it was taken back before.",
  }),
  skipped: Schema.Array(UndoObstacleResource).annotate({ description: "What was left as it is." }),
  batch_id: Schema.NullOr(
    Schema.String.annotate({
      description: "The batch of the undo's own changes, by which it can be taken back. Null if nothing was written.",
      format: "uuid",
      examples: [batchIdExample],
    }),
  ),
}).annotate({ identifier: "UndoResponse" })
export interface UndoResponse extends Schema.Schema.Type<typeof UndoResponse> {}

const blocked = Schema.Array(UndoObstacleResource).annotate({
  description: "Everything that is in the way. Nothing was done.",
})

export const UndoConflictProblem = problemSchema("undo_conflict", { blocked })
export const NotUndoableProblem = problemSchema("not_undoable", { blocked })
export const UndoExpiredProblem = problemSchema("undo_expired", { blocked })

/** Returns the response to an undo. */
export const toUndoResponse = (outcome: {
  readonly undone: ReadonlyArray<Undone & { readonly version: Version }>
  readonly skipped: ReadonlyArray<UndoObstacle>
  readonly batchId: BatchId | null
}): UndoResponse => ({
  undone: outcome.undone.map(({ changeId, entity, entityId, version }) =>
    entity === "task"
      ? { change_id: changeId, task_id: entityId, version }
      : { change_id: changeId, category_id: entityId, version },
  ),
  skipped: outcome.skipped.map(toObstacleResource),
  batch_id: outcome.batchId,
})

/** Returns what is in the way of an undo. */
export const toObstacleResource = (found: UndoObstacle): UndoObstacleResource => {
  const common = {
    change_id: found.changeId,
    reason: found.reason,
    current_version: found.currentVersion,
    by: found.by,
  }
  if (found.entity === "category") {
    return { ...common, category_id: found.entityId, fields: toCategoryFieldNames(found.fields) }
  }
  return {
    ...common,
    task_id: found.entityId,
    fields: toTaskFieldNames(found.fields),
    ...(found.categoryIds.length > 0 && { category_ids: found.categoryIds }),
  }
}
