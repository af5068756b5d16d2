/** Defines the bodies and the query parameters of requests for tasks. */
import { Schema } from "effect"
import { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { TimestampFromRfc3339 } from "../../../../domain/shared/Timestamp.ts"
import { Version } from "../../../../domain/shared/Version.ts"
import { maxTaskCategories } from "../../../../domain/tasks/Task.ts"
import { TaskPriority, TaskStatus } from "../../../../domain/tasks/TaskFields.ts"
import { SortOrder, TaskSort } from "../../../../domain/tasks/TaskQuery.ts"
import {
  CursorPageLimitParameter,
  CursorParameter,
  NoPageParameter,
  PageLimitParameter,
  PageNumberParameter,
} from "./Pagination.ts"
import { categoryIdExample, describeEncoded, describeEncodedText } from "./SchemaAnnotations.ts"
import { ChangesPayload, NewFieldsPayload } from "./TaskResource.ts"

const time = (description: string) =>
  describeEncodedText(TimestampFromRfc3339, { description, example: "2030-12-24T18:00:00.000Z", format: "date-time" })

export const categoryId = describeEncoded(CategoryId, {
  description: "The category's id.",
  example: categoryIdExample,
  format: "uuid",
})

// Effect's own `isUnique` compares every pair of items.
const isUnique = Schema.makeFilter<ReadonlyArray<string>>((ids) => new Set(ids).size === ids.length, {
  message: "must name no category twice",
  toJsonSchema: () => ({ uniqueItems: true }),
})

// The length of the list is checked before any of its items is decoded.
const categoryIds = Schema.Array(
  Schema.String.annotate({ description: "The category's id.", examples: [categoryIdExample], format: "uuid" }),
)
  .check(
    Schema.isMaxLength(maxTaskCategories, { message: `must have at most ${maxTaskCategories} ids` }).abort(),
    isUnique,
  )
  .pipe(
    Schema.decodeTo(Schema.Array(CategoryId).check(isUnique)),
    Schema.annotateEncoded({
      description: "The categories that it has from the beginning: at most 100 of yours, none twice.",
      examples: [[categoryIdExample]],
    }),
  )

export const CreateTaskPayload = Schema.Struct({
  ...NewFieldsPayload.fields,
  category_ids: Schema.optionalKey(categoryIds),
}).annotate({ identifier: "CreateTaskRequest" })

const versionRead = describeEncoded(Version, {
  description: "The version that you read. Required, unless `If-Match` names it.",
  example: 1,
})
export const onConflict = Schema.Literals(["refuse", "merge"]).annotate({
  description:
    "With `merge`, a change for an older version is applied to the current one, if no field is in conflict. `refuse` is the default.",
})
const changes = { on_conflict: Schema.optionalKey(onConflict), ...ChangesPayload.fields }
export const UpdateTaskPayload = Schema.Struct({ version: Schema.optionalKey(versionRead), ...changes }).annotate({
  identifier: "UpdateTaskRequest",
  examples: [{ version: Version.make(1) }],
})
/** The body of an update without `If-Match`. */
export const UpdateTaskPayloadWithoutIfMatch = Schema.Struct({ version: versionRead, ...changes })

const selection = {
  status: Schema.optionalKey(TaskStatus),
  priority: Schema.optionalKey(TaskPriority),
  category_id: Schema.optionalKey(
    describeEncoded(CategoryId, {
      description: "Only tasks with this category.",
      example: categoryIdExample,
      format: "uuid",
    }),
  ),
  due_from: Schema.optionalKey(time("Only tasks due at this time or later.")),
  due_to: Schema.optionalKey(time("Only tasks due at this time or earlier.")),
  sort: Schema.optionalKey(TaskSort),
  order: Schema.optionalKey(SortOrder),
}

/** All parameters of a list of tasks. */
export const ListTasksParameters = Schema.Struct({
  page: Schema.optionalKey(PageNumberParameter),
  cursor: Schema.optionalKey(CursorParameter),
  limit: Schema.optionalKey(CursorPageLimitParameter),
  ...selection,
})

/** The parameters of a list with numbered pages. */
export const ListTasksByPageParameters = Schema.Struct({
  page: Schema.optionalKey(PageNumberParameter),
  limit: Schema.optionalKey(PageLimitParameter),
  ...selection,
})

/** The parameters of a list that is read by cursor. */
export const ListTasksByCursorParameters = Schema.Struct({
  page: Schema.optionalKey(NoPageParameter),
  cursor: CursorParameter,
  limit: Schema.optionalKey(CursorPageLimitParameter),
  ...selection,
})
