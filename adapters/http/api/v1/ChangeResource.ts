/** Defines the JSON form of a change, in histories and in the feed, and how to make it from the domain's. */
import { Schema, Struct } from "effect"
import type { Category } from "../../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { type Change, isBlanked } from "../../../../domain/changes/Change.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import type { CategoryValues, TaskValues } from "../../../../domain/changes/EntityState.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { CategoryResource, toCategoryResource } from "./CategoryResource.ts"
import {
  batchIdExample,
  categoryIdExample,
  changeCursorExample,
  changeIdExample,
  IdString,
  sessionIdExample,
  TimestampString,
  taskIdExample,
} from "./SchemaAnnotations.ts"
import { TaskResource, toTaskResource } from "./TaskResource.ts"

/** A place in a user's history. */
export const CursorString = Schema.String.annotate({
  description: "The place after the change. `since` takes it.",
  examples: [changeCursorExample],
})

/** The place in a user's history from which a client follows what it has read. */
export const ChangesCursor = Schema.String.annotate({
  description:
    "The moment of this list in the history; of several pages, that of the first. `GET /changes?since=` continues from it.",
  examples: [changeCursorExample],
})

const value = Schema.NullOr(Schema.Union([Schema.String, Schema.Array(Schema.String)]))

const FieldChange = Schema.Struct({ field: Schema.String, from: value, to: value }).annotate({
  identifier: "FieldChange",
  description: "The value of one field before and after. `category_ids` are sorted.",
  examples: [{ field: "title", from: "Buy milk", to: "Buy oat milk" }],
})

export const ActorResource = Schema.Struct({
  kind: Schema.Literals(["session", "token", "system"]),
  id: Schema.NullOr(Schema.String.annotate({ examples: [sessionIdExample] })),
  name: Schema.NullOr(Schema.String.annotate({ examples: ["Firefox on Linux"] })),
}).annotate({ identifier: "Actor", description: "The session, token or job that made the change." })

const operations = ["created", "updated", "deleted", "restored", "purged"] as const

const common = {
  id: IdString("change", changeIdExample),
  cursor: CursorString,
  at: TimestampString,
  version: Schema.NullOr(
    Schema.Int.annotate({ description: "After the change; null if it was purged.", examples: [8] }),
  ),
  changes: Schema.Array(FieldChange),
  purged: Schema.optionalKey(
    Schema.Literal(true).annotate({ description: "Its values are gone, because its subject was purged." }),
  ),
  actor: ActorResource,
  request_id: Schema.NullOr(
    Schema.String.annotate({
      description: "The `X-Request-Id` of the request.",
      examples: ["0193a5b0-7c1e-7b43-9d55-3c8a4f0e6a11"],
    }),
  ),
  batch_id: IdString("batch", batchIdExample),
  undoes: Schema.NullOr(
    Schema.String.annotate({ description: "The first change that it takes back.", examples: [changeIdExample] }),
  ),
}

const taskChange = {
  ...common,
  type: Schema.Literals(operations.map((op) => `task.${op}` as const)),
  task_id: IdString("task", taskIdExample),
}
const categoryChange = {
  ...common,
  type: Schema.Literals(operations.map((op) => `category.${op}` as const)),
  category_id: IdString("category", categoryIdExample),
}

export const TaskChangeResource = Schema.Struct(taskChange).annotate({ identifier: "TaskChange" })
export const CategoryChangeResource = Schema.Struct(categoryChange).annotate({ identifier: "CategoryChange" })

/** A change, as histories contain it. `type` tells apart those of tasks and of categories. */
export const ChangeResource = Schema.Union([TaskChangeResource, CategoryChangeResource])
export type ChangeResource = typeof ChangeResource.Type

/** A change, as the feed and the stream contain it: with the newest state of its subject. */
export const FeedChange = Schema.Union([
  Schema.Struct({
    ...taskChange,
    task: Schema.NullOr(TaskResource).annotate({ description: "As it stands now; null if it is deleted." }),
  }).annotate({ identifier: "TaskFeedChange" }),
  Schema.Struct({
    ...categoryChange,
    category: Schema.NullOr(CategoryResource).annotate({ description: "As it stands now; null if it is deleted." }),
  }).annotate({ identifier: "CategoryFeedChange" }),
])
export type FeedChange = typeof FeedChange.Type

const taskFieldNames = {
  title: "title",
  description: "description",
  status: "status",
  priority: "priority",
  dueDate: "due_date",
  categoryIds: "category_ids",
} as const satisfies { readonly [Field in keyof TaskValues]: string }
const categoryFieldNames = { name: "name", color: "color" } as const satisfies {
  readonly [Field in keyof CategoryValues]: string
}

/** Lists the touched fields. A field that was and is null is left out: a new task has no change of it. */
const toFieldChanges = <V extends object>(
  names: { readonly [Field in keyof V]: string },
  before: Partial<V> | null,
  after: Partial<V> | null,
): ReadonlyArray<typeof FieldChange.Type> =>
  Struct.keys(names).flatMap((name) => {
    const from = (before?.[name] ?? null) as typeof value.Type
    const to = (after?.[name] ?? null) as typeof value.Type
    return from === null && to === null ? [] : [{ field: names[name], from, to }]
  })

const toCommon = (change: Change) => ({
  id: change.id,
  cursor: ChangeCursor.encode(ChangeCursor.after(change)),
  at: change.at,
})

const toRest = (change: Change, changes: ReadonlyArray<typeof FieldChange.Type>) => ({
  version: change.version,
  changes,
  ...(isBlanked(change) && { purged: true as const }),
  actor: change.actor,
  request_id: change.requestId,
  batch_id: change.batchId,
  undoes: change.undoes,
})

/** Returns a change as histories contain it. */
export const toChangeResource = (change: Change): ChangeResource =>
  change.entity === "task" ? toTaskChange(change) : toCategoryChange(change)

const toTaskChange = (change: Extract<Change, { readonly entity: "task" }>) => ({
  ...toCommon(change),
  type: `task.${change.op}` as const,
  task_id: change.entityId,
  ...toRest(change, toFieldChanges<TaskValues>(taskFieldNames, change.before, change.after)),
})

const toCategoryChange = (change: Extract<Change, { readonly entity: "category" }>) => ({
  ...toCommon(change),
  type: `category.${change.op}` as const,
  category_id: change.entityId,
  ...toRest(change, toFieldChanges<CategoryValues>(categoryFieldNames, change.before, change.after)),
})

/** Returns a change as the feed contains it, with the newest state among these tasks and categories. */
export const toFeedChange = (
  change: Change,
  {
    categories,
    tasks,
  }: {
    readonly tasks: ReadonlyMap<TaskId, Task>
    readonly categories: ReadonlyMap<CategoryId, Category>
  },
): FeedChange => {
  if (change.entity === "task") {
    const task = tasks.get(change.entityId)
    return { ...toTaskChange(change), task: task === undefined ? null : toTaskResource(task) }
  }
  const category = categories.get(change.entityId)
  return { ...toCategoryChange(change), category: category === undefined ? null : toCategoryResource(category) }
}
