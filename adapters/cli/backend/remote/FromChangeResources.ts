/** Converts the API's resources of changes, of undo and of the trash to domain values. */
import { Result } from "effect"
import type { UndoOutcome } from "../../../../application/changes/UndoChanges.ts"
import type { TrashedTask } from "../../../../application/tasks/ListTrash.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import type { Actor } from "../../../../domain/changes/Actor.ts"
import type { BatchId } from "../../../../domain/changes/BatchId.ts"
import type { Change, ChangeOperation, RequestId, SequenceNumber } from "../../../../domain/changes/Change.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import type { ChangeId } from "../../../../domain/changes/ChangeId.ts"
import type { UndoObstacle } from "../../../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { Version } from "../../../../domain/shared/Version.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import type { ChangeResource } from "../../../http/api/v1/ChangeResource.ts"
import { fieldsOfNames, type TaskFieldName } from "../../../http/api/v1/RecordedValues.ts"
import type { TrashedTaskResource } from "../../../http/api/v1/TrashApi.ts"
import type { UndoObstacleResource, UndoResponse } from "../../../http/api/v1/UndoResource.ts"
import { toTask } from "./FromResources.ts"

// Responses were decoded; brands are asserted, not checked. Output escapes control characters.

/** Returns the values on one side of the field changes, by the names of the domain. Null if there are none. */
const valuesOf = (changes: ChangeResource["changes"], side: "from" | "to") =>
  changes.length === 0
    ? null
    : Object.fromEntries(
        changes.map((change) => {
          const [field = change.field] = fieldsOfNames([change.field as TaskFieldName])
          return [field, change[side]]
        }),
      )

export const toChange = (resource: ChangeResource): Change => {
  const op = resource.type.replace(/^\w+\./, "") as ChangeOperation
  const place = ChangeCursor.decode(resource.cursor)
  const change = {
    seq: Result.isSuccess(place) ? place.success.seq : (0 as SequenceNumber),
    id: resource.id as ChangeId,
    at: resource.at as Timestamp,
    actor: resource.actor as Actor,
    requestId: resource.request_id as RequestId | null,
    batchId: resource.batch_id as BatchId,
    undoes: resource.undoes as ChangeId | null,
    op,
    version: resource.version as Version | null,
    before: op === "created" ? null : valuesOf(resource.changes, "from"),
    after: valuesOf(resource.changes, "to"),
  }
  return "task_id" in resource
    ? { ...change, entity: "task", entityId: resource.task_id as TaskId }
    : { ...change, entity: "category", entityId: resource.category_id as CategoryId }
}

export const toTrashedTask = (resource: TrashedTaskResource): TrashedTask => ({
  task: toTask(resource),
  deletedAt: resource.deleted_at as Timestamp,
  purgeAt: resource.purge_at as Timestamp,
})

export const toObstacle = (resource: UndoObstacleResource): UndoObstacle => {
  const common = {
    changeId: resource.change_id as ChangeId,
    reason: resource.reason,
    currentVersion: resource.current_version as Version | null,
    by: resource.by as Actor | null,
  }
  return "task_id" in resource
    ? {
        ...common,
        entity: "task",
        entityId: resource.task_id as TaskId,
        fields: fieldsOfNames(resource.fields),
        categoryIds: (resource.category_ids ?? []) as ReadonlyArray<CategoryId>,
      }
    : {
        ...common,
        entity: "category",
        entityId: resource.category_id as CategoryId,
        fields: resource.fields,
        categoryIds: [],
      }
}

export const toUndoOutcome = ({ batch_id, skipped, undone }: UndoResponse): UndoOutcome => ({
  undone: undone.map((resource) => {
    const common = { changeId: resource.change_id as ChangeId, version: resource.version as Version }
    return "task_id" in resource
      ? { ...common, entity: "task", entityId: resource.task_id as TaskId }
      : { ...common, entity: "category", entityId: resource.category_id as CategoryId }
  }),
  skipped: skipped.map(toObstacle),
  batchId: batch_id as BatchId | null,
})
