/** Formats a version conflict of a task: what was changed since, and which fields are in conflict. */
import { Struct } from "effect"
import type { Field, TaskValues } from "../../../domain/changes/EntityState.ts"
import type { StaleTaskVersion } from "../../../domain/changes/StaleVersion.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { fieldNames, type TaskChanges } from "../../../domain/tasks/TaskFields.ts"
import type { Style } from "./Style.ts"
import { fieldViews } from "./TaskViews.ts"

/** The names of the fields, as the flags have them. */
const names = {
  title: "title",
  description: "description",
  status: "status",
  priority: "priority",
  dueDate: "due",
  categoryIds: "categories",
} as const satisfies { readonly [Name in Field<TaskValues>]: string }

/** Returns the names of the fields in one line, in the order of the flags. */
export const fieldList = (fields: ReadonlyArray<Field<TaskValues>>): string =>
  Struct.keys(names)
    .filter((field) => fields.includes(field))
    .map((field) => names[field])
    .join(", ")

/** Says why the change was refused, and how it can be made all the same. */
export const describeConflict = ({ divergence }: StaleTaskVersion): string => {
  const since = "The task was changed since you saw it"
  if (divergence === null) return `${since}. With --retry your change is applied all the same.`
  return divergence.isMergeable
    ? `${since}, but not in conflict with your change. With --merge both are kept.`
    : `${since}, in conflict with your change: ${fieldList(divergence.conflictingFields)}. With --retry your values win.`
}

/** Returns the fields that both sides set. Without a base, they are all that would overwrite another value. */
export const conflictsOf = (
  { current, divergence }: StaleTaskVersion,
  changes: TaskChanges,
): ReadonlyArray<keyof TaskChanges> => {
  const sent = fieldNames.filter((field) => changes[field] !== undefined && changes[field] !== current[field])
  return divergence === null ? sent : sent.filter((field) => divergence.conflictingFields.includes(field))
}

/** Returns a line for each field that was changed since: `field: before -> after`, and the value of a conflict. */
export const conflictLines = (
  conflict: StaleTaskVersion,
  changes: TaskChanges,
  seen: Task | null,
  style: Style,
): ReadonlyArray<string> => {
  const { base, current, divergence } = conflict
  const before = seen !== null && seen.version === base ? seen : divergence && baseOf(current, divergence.base)
  if (before === null) return ["the history does not say how"]
  const conflicts: ReadonlyArray<string> = conflictsOf(conflict, changes)
  const mine = { ...current, ...present(changes) }
  return Object.entries(fieldViews(style)).flatMap(([field, [name, of]]) => {
    if (of(before) === of(current)) return []
    const yours = conflicts.includes(field) ? `, yours: ${of(mine)}` : ""
    return [`${name}: ${of(before)} -> ${of(current)}${yours}`]
  })
}

/** Returns the task at the base, as far as it is known: of removed categories the history has ids alone. */
const baseOf = (current: Task, { categoryIds, ...fields }: Partial<TaskValues>): Task => ({
  ...current,
  ...fields,
  categories:
    categoryIds === undefined ? current.categories : current.categories.filter(({ id }) => categoryIds.includes(id)),
})

const present = (changes: TaskChanges): Partial<Task> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
