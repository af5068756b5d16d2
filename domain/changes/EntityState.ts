/** The states of tasks and categories that changes lead from and to, and how their values are compared. */
import { Schema, Struct } from "effect"
import { CategoryFields } from "../categories/Category.ts"
import { CategoryId } from "../categories/CategoryId.ts"
import type { Version } from "../shared/Version.ts"
import { fieldNames, TaskFields } from "../tasks/TaskFields.ts"
import type { TaskId } from "../tasks/TaskId.ts"

/**
 * The values of a task that changes record: every field that its user sets, and its categories. The ids are sorted, and
 * those of deleted categories are included, because an assignment stays when its category is deleted.
 */
export const TaskValues = Schema.Struct({ ...TaskFields.fields, categoryIds: Schema.Array(CategoryId) })
export interface TaskValues extends Schema.Schema.Type<typeof TaskValues> {}

/** The values of a category that changes record. */
export const CategoryValues = CategoryFields
export interface CategoryValues extends Schema.Schema.Type<typeof CategoryValues> {}

interface Entities {
  readonly task: { readonly id: TaskId; readonly values: TaskValues }
  readonly category: { readonly id: CategoryId; readonly values: CategoryValues }
}

/** The kinds of thing that have a history. */
export const Entity = Schema.Literals(["task", "category"] satisfies ReadonlyArray<keyof Entities>)
export type Entity = typeof Entity.Type
export type EntityId<E extends Entity> = Entities[E]["id"]
export type Values<E extends Entity> = Entities[E]["values"]

/** A task or a category at one moment. A deleted one can be restored; a purged one has no state. */
export interface EntityState<E extends Entity> {
  readonly entity: E
  readonly id: EntityId<E>
  readonly values: Values<E>
  readonly version: Version
  readonly isDeleted: boolean
}

/** Returns the state of a task. `categoryIds` are its assignments in any order, those of deleted categories included. */
export const taskState = (
  task: TaskFields & { readonly id: TaskId; readonly version: Version },
  categoryIds: Iterable<CategoryId>,
  isDeleted: boolean,
): EntityState<"task"> => ({
  entity: "task",
  id: task.id,
  values: { ...Struct.pick(task, fieldNames), categoryIds: [...categoryIds].sort() },
  version: task.version,
  isDeleted,
})

/** Returns the state of a category. */
export const categoryState = (
  category: CategoryValues & { readonly id: CategoryId; readonly version: Version },
  isDeleted: boolean,
): EntityState<"category"> => ({
  entity: "category",
  id: category.id,
  values: Struct.pick(category, ["name", "color"]),
  version: category.version,
  isDeleted,
})

/** Whether a value is a set: a list that is sorted and has no duplicates. Other values are compared as a whole. */
export const isSet = (value: unknown): value is ReadonlyArray<string> => Array.isArray(value)

/** Returns the value with other elements if it is a set, and every other value as it is. */
export const mapSet = <A>(value: A, toElements: (elements: ReadonlyArray<string>) => ReadonlyArray<string>): A =>
  // The compiler does not know that the elements come from sets of the same field.
  isSet(value) ? (toElements(value).toSorted() as ReadonlyArray<string> as A & ReadonlyArray<string>) : value

/** Whether two values of one field are equal. */
export const isSameValue = (one: unknown, other: unknown): boolean =>
  isSet(one) && isSet(other)
    ? one.length === other.length && one.every((element, index) => element === other[index])
    : one === other

/** What differs between two states: the old and the new values of the same fields. Null if no values are recorded. */
export interface Difference<V> {
  readonly before: Partial<V> | null
  readonly after: Partial<V> | null
}

/** The name of a field of these values. */
export type Field<V> = keyof V & string

/** Returns the part of the values with these fields. */
export const pickFields = <V extends object>(values: V, fields: ReadonlyArray<keyof V>): Partial<V> =>
  Struct.pick(values, fields)

/** Returns the fields that both have with different values, and the values on either side. */
export const differenceOf = <V extends object>(
  before: V,
  after: V,
): { readonly before: Partial<V>; readonly after: Partial<V>; readonly fields: ReadonlyArray<Field<V>> } => {
  const fields = Struct.keys(after).filter((name) => name in before && !isSameValue(before[name], after[name]))
  return { before: pickFields(before, fields), after: pickFields(after, fields), fields }
}

/** Values of some fields, while they are collected. */
export type MutablePartial<V> = { -readonly [F in keyof V]?: V[F] }
