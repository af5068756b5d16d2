/** Defines the JSON form of the values that the history records of tasks and categories, and of their fields' names. */
import { Schema, Struct } from "effect"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import type { CategoryValues, Field, TaskValues } from "../../../../domain/changes/EntityState.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { TaskDescription, TaskTitle } from "../../../../domain/tasks/TaskFields.ts"
import { CategoryResource } from "./CategoryResource.ts"
import { categoryIdExample } from "./SchemaAnnotations.ts"
import { TaskResource } from "./TaskResource.ts"

const taskNames = {
  title: "title",
  description: "description",
  status: "status",
  priority: "priority",
  dueDate: "due_date",
  categoryIds: "category_ids",
} as const satisfies { readonly [Name in Field<TaskValues>]: string }

const categoryNames = { name: "name", color: "color" } as const satisfies {
  readonly [Name in Field<CategoryValues>]: string
}

/** The name of a task's recorded field. */
export const TaskFieldName = Schema.Literals(Object.values(taskNames))
export type TaskFieldName = typeof TaskFieldName.Type

/** The name of a category's recorded field. */
export const CategoryFieldName = Schema.Literals(Object.values(categoryNames))
export type CategoryFieldName = typeof CategoryFieldName.Type

/** Some of a task's recorded values. */
export const SomeTaskValues = Schema.Struct({
  ...Struct.pick(TaskResource.fields, ["title", "description", "status", "priority", "due_date"]),
  category_ids: Schema.Array(Schema.String.annotate({ format: "uuid", examples: [categoryIdExample] })).annotate({
    description: "The ids of its categories, in order, with those of deleted categories.",
  }),
})
  .mapFields(Struct.map(Schema.optionalKey))
  .annotate({ identifier: "SomeTaskValues", examples: [{ title: "Buy milk", priority: "low" }] })
export interface SomeTaskValues extends Schema.Schema.Type<typeof SomeTaskValues> {}

/** Some of a category's recorded values. */
export const SomeCategoryValues = Schema.Struct(Struct.pick(CategoryResource.fields, ["name", "color"]))
  .mapFields(Struct.map(Schema.optionalKey))
  .annotate({ identifier: "SomeCategoryValues", examples: [{ name: "Home" }] })
export interface SomeCategoryValues extends Schema.Schema.Type<typeof SomeCategoryValues> {}

/** Returns the names of the fields, in the order of the resource. */
export const toTaskFieldNames = (fields: ReadonlyArray<Field<TaskValues>>): ReadonlyArray<TaskFieldName> =>
  Struct.keys(taskNames).flatMap((field) => (fields.includes(field) ? [taskNames[field]] : []))

/** Returns the names of the fields, in the order of the resource. */
export const toCategoryFieldNames = (fields: ReadonlyArray<Field<CategoryValues>>): ReadonlyArray<CategoryFieldName> =>
  Struct.keys(categoryNames).flatMap((field) => (fields.includes(field) ? [categoryNames[field]] : []))

export const toSomeTaskValues = ({ categoryIds, dueDate, ...same }: Partial<TaskValues>): SomeTaskValues => ({
  ...same,
  ...(dueDate !== undefined && { due_date: dueDate }),
  ...(categoryIds !== undefined && { category_ids: categoryIds }),
})

const taskFields: ReadonlyMap<TaskFieldName, Field<TaskValues>> = new Map(
  Struct.keys(taskNames).map((field) => [taskNames[field], field]),
)

/** Returns the fields with these names in a response that was decoded. */
export const fieldsOfNames = (names: ReadonlyArray<TaskFieldName>): ReadonlyArray<Field<TaskValues>> =>
  names.flatMap((name) => taskFields.get(name) ?? [])

/** Returns the values of a response that was decoded; their brands are asserted, not checked. */
export const fromSomeTaskValues = ({
  category_ids,
  description,
  due_date,
  title,
  ...same
}: SomeTaskValues): Partial<TaskValues> => ({
  ...same,
  ...(title !== undefined && { title: title as TaskTitle }),
  ...(description !== undefined && { description: description as TaskDescription | null }),
  ...(due_date !== undefined && { dueDate: due_date as Timestamp | null }),
  ...(category_ids !== undefined && { categoryIds: category_ids as ReadonlyArray<CategoryId> }),
})
