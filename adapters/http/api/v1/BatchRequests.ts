/** Defines the body of a batch: its operations, which name things by ids or by references to earlier operations. */
import { Schema } from "effect"
import type { Scope } from "../../../../domain/accounts/Scope.ts"
import { CategoryColor } from "../../../../domain/categories/Category.ts"
import { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { BatchReference, maxBatchOperations, ReferenceText } from "../../../../domain/changes/BatchReference.ts"
import { Version } from "../../../../domain/shared/Version.ts"
import { maxTaskCategories } from "../../../../domain/tasks/Task.ts"
import { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { CategoryChangesPayload, CreateCategoryPayload } from "./CategoriesApi.ts"
import { categoryIdExample, describeEncoded, taskIdExample } from "./SchemaAnnotations.ts"
import { onConflict } from "./TaskRequests.ts"
import { ChangesPayload, NewFieldsPayload } from "./TaskResource.ts"

/** An id in either case, or a reference. One pattern for both, so that a mistake has one message. */
const idOrReference = Schema.String.check(
  Schema.isPattern(/^(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|\$[A-Za-z0-9_-]{1,64})$/, {
    message: "must be a UUID, or $ and the name that an earlier operation gives",
  }),
)

const taskId = idOrReference
  .annotate({
    description: "The task's id, or `$` and the `ref` of an earlier operation that creates it.",
    examples: [taskIdExample],
  })
  .pipe(Schema.decodeTo(Schema.Union([TaskId, ReferenceText])))

const categoryId = idOrReference
  .annotate({
    description: "The category's id, or `$` and the `ref` of an earlier operation that creates it.",
    examples: [categoryIdExample],
  })
  .pipe(Schema.decodeTo(Schema.Union([CategoryId, ReferenceText])))

const categoryIds = Schema.Array(categoryId)
  .check(Schema.isMaxLength(maxTaskCategories, { message: `must have at most ${maxTaskCategories} ids` }))
  .annotate({ description: "The categories that the task has from the beginning." })

const ref = Schema.optionalKey(
  describeEncoded(BatchReference, {
    description: "A name for what the operation creates: later operations refer to it by `$` and this name.",
    example: "home",
  }),
)

const anyVersion = "*"
const version = Schema.Union([Version, Schema.Literal(anyVersion)]).annotate({
  description: "The version that you read. `*` accepts any, and overwrites changes that you have not seen.",
  examples: [Version.make(1)],
  message: 'must be a whole number from 1, or "*"',
})
const optionalVersion = Schema.optionalKey(version)
const versionOfUpdate = Schema.optionalKey(
  version.annotate({
    description:
      "The version that you read: required, unless the same batch creates what is changed. `*` accepts any, and overwrites changes that you have not seen.",
  }),
)

const operation = <const Op extends string, const Fields extends Schema.Struct.Fields>(
  op: Op,
  identifier: string,
  fields: Fields,
) => Schema.Struct({ op: Schema.Literal(op), ...fields }).annotate({ identifier })

const one = { category_id: categoryId, version: optionalVersion }
const taskAndCategory = { task_id: taskId, category_id: categoryId, version: optionalVersion }

const operations = {
  create_category: operation("create_category", "CreateCategoryOperation", { ref, category: CreateCategoryPayload }),
  create_task: operation("create_task", "CreateTaskOperation", {
    ref,
    task: NewFieldsPayload.annotate({ identifier: "NewTaskFields" }),
    category_ids: Schema.optionalKey(categoryIds),
  }),
  update_task: operation("update_task", "UpdateTaskOperation", {
    task_id: taskId,
    version: versionOfUpdate,
    on_conflict: Schema.optionalKey(onConflict),
    task: ChangesPayload.annotate({ identifier: "TaskChanges", examples: [{ status: "completed" }] }),
  }),
  assign_category: operation("assign_category", "AssignCategoryOperation", taskAndCategory),
  remove_category: operation("remove_category", "RemoveCategoryOperation", taskAndCategory),
  delete_task: operation("delete_task", "DeleteTaskOperation", { task_id: taskId, version: optionalVersion }),
  restore_task: operation("restore_task", "RestoreTaskOperation", { task_id: taskId, version: optionalVersion }),
  update_category: operation("update_category", "UpdateCategoryOperation", {
    category_id: categoryId,
    version: versionOfUpdate,
    category: CategoryChangesPayload.annotate({
      identifier: "CategoryChanges",
      examples: [{ color: CategoryColor.make("#2E7D32") }],
    }),
  }),
  delete_category: operation("delete_category", "DeleteCategoryOperation", one),
  restore_category: operation("restore_category", "RestoreCategoryOperation", one),
}

const names = Object.keys(operations).join(", ")

/** One operation of a batch. */
export const OperationPayload = Schema.Union([
  operations.create_category,
  operations.create_task,
  operations.update_task,
  operations.assign_category,
  operations.remove_category,
  operations.delete_task,
  operations.restore_task,
  operations.update_category,
  operations.delete_category,
  operations.restore_category,
]).annotate({ message: `must be an operation, with one of these as its op: ${names}` })
export type OperationPayload = typeof OperationPayload.Type

const size = `must have 1 to ${maxBatchOperations} operations`

export const BatchPayload = Schema.Struct({
  operations: Schema.Array(OperationPayload)
    .check(Schema.isMinLength(1, { message: size }), Schema.isMaxLength(maxBatchOperations, { message: size }))
    .annotate({ description: "They run in this order, and each sees what the earlier ones did." }),
  atomic: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Whether the first refused operation ends the batch, and nothing of it is done. True by default. Otherwise its problem stands in its place, and the others are done.",
      examples: [true],
    }),
  ),
  dry_run: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "Whether everything is taken back at the end, so that the response only shows what would be done.",
      examples: [false],
    }),
  ),
}).annotate({ identifier: "BatchRequest" })
export interface BatchPayload extends Schema.Schema.Type<typeof BatchPayload> {}

/** The scope that an API token needs for each kind of operation: that of the same request on its own. */
const scopeOfOperation = {
  create_category: "categories:write",
  create_task: "tasks:write",
  update_task: "tasks:write",
  assign_category: "tasks:write",
  remove_category: "tasks:write",
  delete_task: "tasks:delete",
  restore_task: "tasks:write",
  update_category: "categories:write",
  delete_category: "categories:write",
  restore_category: "categories:write",
} as const satisfies { readonly [Op in OperationPayload["op"]]: Scope }

/** Returns the scopes that an API token needs for the batch: those of all its operations. */
export const scopesOfBatch = (batch: BatchPayload): ReadonlyArray<Scope> =>
  batch.operations.map(({ op }) => scopeOfOperation[op])

/** How many operations cost one more unit of the rate limit. */
const operationsPerUnit = 10

/** Returns how many units of the rate limit a batch takes, for a body that need not be valid. */
export const batchCost = (body: unknown): number => {
  const listed = typeof body === "object" && body !== null && "operations" in body ? body.operations : undefined
  const count = Array.isArray(listed) ? Math.min(listed.length, maxBatchOperations) : 0
  return 1 + Math.ceil(count / operationsPerUnit)
}
