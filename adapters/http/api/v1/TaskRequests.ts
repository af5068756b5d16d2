/** Defines the bodies and the query parameters of requests for tasks. */
import { Schema, SchemaTransformation } from "effect"
import { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { CursorPageLimit, PageLimit, PageNumber } from "../../../../domain/shared/Page.ts"
import { withinUnits } from "../../../../domain/shared/Text.ts"
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

/** Decodes one value or several, separated by commas. */
const listOf = <const Values extends ReadonlyArray<string>>(literals: Schema.Literals<Values>, description: string) => {
  const known: ReadonlySet<string> = new Set(literals.literals)
  const message = `must be one or several, separated by commas, of ${literals.literals.join(", ")}`
  return describeEncoded(
    withinUnits(maxListParameter, message).pipe(
      Schema.decodeTo(
        Schema.String.check(Schema.makeFilter((text) => text.split(",").every((each) => known.has(each)), { message })),
      ),
      Schema.decodeTo(
        Schema.Array(literals),
        SchemaTransformation.transform<ReadonlyArray<string>, string>({
          decode: (text) => text.split(","),
          encode: (values) => values.join(","),
        }),
      ),
    ),
    { description, example: literals.literals[0] ?? "" },
  )
}
/** The longest list of values in a parameter: every value several times over. */
const maxListParameter = 200

const FilterText = Schema.String.annotate({
  description:
    'Only tasks that meet all of it, such as `milk due<today -category:work`: at most 1,000 characters, see "Search and filter".',
  examples: ["milk due<today -category:work"],
})
const TimeZoneName = Schema.String.annotate({
  description: "The IANA name of the time zone in which the days of the filter begin and end (default `UTC`).",
  examples: ["Europe/Berlin"],
})

const sorting = { sort: Schema.optionalKey(TaskSort), order: Schema.optionalKey(SortOrder) }
const filtering = { filter: Schema.optionalKey(FilterText), time_zone: Schema.optionalKey(TimeZoneName) }

const selection = {
  ...filtering,
  status: Schema.optionalKey(listOf(TaskStatus, "Only tasks with this status, or with one of several.")),
  priority: Schema.optionalKey(listOf(TaskPriority, "Only tasks with this priority, or with one of several.")),
  category_id: Schema.optionalKey(
    describeEncoded(CategoryId, {
      description: "Only tasks with this category.",
      example: categoryIdExample,
      format: "uuid",
    }),
  ),
  due_from: Schema.optionalKey(time("Only tasks due at this time or later.")),
  due_to: Schema.optionalKey(time("Only tasks due at this time or earlier.")),
  ...sorting,
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

/** Reports a member of a page by its number that a page by cursor does not have, or the other way round. */
const pageMistake = ({ cursor, limit, page }: typeof pageMembers.Type) => {
  if (cursor !== undefined) {
    return page === undefined ? undefined : { path: ["page"], issue: "must be absent with cursor" }
  }
  return limit === undefined || Schema.is(PageLimit)(limit)
    ? undefined
    : { path: ["limit"], issue: "must be a whole number from 1 to 100" }
}

const pageMembers = Schema.Struct({
  page: Schema.optionalKey(PageNumber),
  cursor: Schema.optionalKey(CursorParameter),
  limit: Schema.optionalKey(
    describeEncoded(CursorPageLimit, {
      description: "How many tasks a page holds at most, 1 to 100, and with `cursor` to 200 (default 20).",
      example: 20,
    }),
  ),
})

/** The body of a list of tasks with a filter that is too long for a URL. */
export const QueryTasksPayload = Schema.Struct({ ...filtering, ...sorting, ...pageMembers.fields })
  .check(Schema.makeFilter(pageMistake))
  .annotate({ identifier: "QueryTasksRequest", examples: [{ filter: "milk due<today -category:work" }] })
