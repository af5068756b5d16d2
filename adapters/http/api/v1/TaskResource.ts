/** Defines the JSON form of a task and of the fields in requests, and converts both from and to the domain's. */
import { Schema, Struct } from "effect"
import { type Timestamp, TimestampFromRfc3339 } from "../../../../domain/shared/Timestamp.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import {
  type TaskChanges,
  TaskDescription,
  type TaskFields,
  TaskPriority,
  TaskStatus,
  TaskTitle,
} from "../../../../domain/tasks/TaskFields.ts"
import { CategoryResource, toCategoryResource } from "./CategoryResource.ts"
import {
  describeEncoded,
  describeEncodedText,
  IdString,
  TimestampString,
  taskIdExample,
  userIdExample,
} from "./SchemaAnnotations.ts"

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : Name

/** A schema for each field of a task, under its name on the wire. */
type FieldSchemas = { readonly [Field in keyof TaskFields as SnakeCase<Field>]: Schema.Top }

/** A task, as responses contain it. */
export const TaskResource = Schema.Struct({
  id: IdString("task", taskIdExample),
  user_id: IdString("owner", userIdExample),
  ...({
    title: Schema.String.annotate({ examples: ["Buy milk"] }),
    description: Schema.NullOr(Schema.String.annotate({ examples: ["Two bottles, oat."] })),
    status: TaskStatus,
    priority: TaskPriority,
    due_date: Schema.NullOr(TimestampString),
  } satisfies FieldSchemas),
  categories: Schema.Array(CategoryResource),
  version: Schema.Int.annotate({ description: "Raised by every change; a PATCH names it.", examples: [2] }),
  created_at: TimestampString,
  updated_at: TimestampString,
}).annotate({ identifier: "Task" })
export interface TaskResource extends Schema.Schema.Type<typeof TaskResource> {}

export const toTaskResource = (task: Task): TaskResource => ({
  id: task.id,
  user_id: task.userId,
  title: task.title,
  description: task.description,
  status: task.status,
  priority: task.priority,
  due_date: task.dueDate,
  categories: task.categories.map(toCategoryResource),
  version: task.version,
  created_at: task.createdAt,
  updated_at: task.updatedAt,
})

/** Returns the fields of a response that was decoded; their brands are asserted, not checked. */
export const fieldsOfResource = (resource: TaskResource): TaskFields => ({
  title: resource.title as TaskTitle,
  description: resource.description as TaskDescription | null,
  status: resource.status,
  priority: resource.priority,
  dueDate: resource.due_date as Timestamp | null,
})

const fields = {
  title: describeEncoded(TaskTitle, {
    description: "One line of 3 to 200 characters after trimming, kept in NFC.",
    example: "Buy milk",
  }),
  description: Schema.NullOr(
    describeEncoded(TaskDescription, { description: "At most 2000 characters.", example: "Two bottles, oat." }),
  ),
  due_date: Schema.NullOr(
    describeEncodedText(TimestampFromRfc3339, {
      description: "RFC 3339 with any offset, in the future.",
      example: "2030-12-24T18:00:00.000Z",
      format: "date-time",
    }),
  ),
  priority: TaskPriority,
  status: TaskStatus,
} satisfies FieldSchemas

/** The fields of a change. */
export const ChangesPayload = Schema.Struct(fields).mapFields(Struct.map(Schema.optionalKey))
export interface ChangesPayload extends Schema.Schema.Type<typeof ChangesPayload> {}

/** The fields of a new task. */
export const NewFieldsPayload = Schema.Struct({ ...ChangesPayload.fields, title: fields.title })
export interface NewFieldsPayload extends Schema.Schema.Type<typeof NewFieldsPayload> {}

/** Converts the fields of a request. An absent field stays absent, or becomes undefined. */
export const fieldsOfPayload = <Payload extends ChangesPayload>({
  due_date,
  ...same
}: Payload): Omit<Payload, "due_date"> & Pick<TaskChanges, "dueDate"> => ({ ...same, dueDate: due_date })

/** Converts fields to those of a request. */
export const toPayload = <Changes extends TaskChanges>({
  dueDate,
  ...same
}: Changes): Omit<Changes, "dueDate"> & { readonly due_date: Changes["dueDate"] } => ({ ...same, due_date: dueDate })
