/** The columns of the table of tasks: their names and types, the parameters made from a task, and the way back. */
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskFields } from "../../domain/tasks/TaskFields.ts"
import { searchAssignments } from "./SearchColumns.ts"

/** The properties of a task that have a column. The categories are in a table of their own. */
type Stored = Exclude<keyof Task, "categories">

// The key comes first: the statements refer to it as $1 and $2.
const columns = {
  userId: { name: "user_id", type: "uuid" },
  id: { name: "id", type: "uuid" },
  title: { name: "title", type: "text" },
  description: { name: "description", type: "text" },
  status: { name: "status", type: "task_status" },
  priority: { name: "priority", type: "task_priority" },
  dueDate: { name: "due_date", type: "timestamptz" },
  version: { name: "version", type: "integer" },
  createdAt: { name: "created_at", type: "timestamptz" },
  updatedAt: { name: "updated_at", type: "timestamptz" },
} as const satisfies { readonly [Property in Stored]: { readonly name: string; readonly type: string } }

type Columns = typeof columns

/** A row that was written from a `Task`. Constraints enforce its rules, so it is trusted, not decoded. */
export type TaskRow = { readonly [Property in Stored as Columns[Property]["name"]]: Task[Property] } & {
  /** Sorted by name; null if there are none. */
  readonly categories: ReadonlyArray<CategoryValue> | null
}

interface CategoryValue {
  readonly id: Category["id"]
  readonly name: Category["name"]
  readonly color: Category["color"]
  readonly version: Category["version"]
  readonly created_at: Category["createdAt"]
  readonly updated_at: Category["updatedAt"]
}

export const toTask = (row: TaskRow): Task => ({
  id: row.id,
  userId: row.user_id,
  title: row.title,
  description: row.description,
  status: row.status,
  priority: row.priority,
  dueDate: row.due_date,
  categories: row.categories?.map((category) => toCategory(row.user_id, category)) ?? [],
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const toCategory = (userId: UserId, value: CategoryValue): Category => ({
  id: value.id,
  userId,
  name: value.name,
  color: value.color,
  version: value.version,
  createdAt: value.created_at,
  updatedAt: value.updated_at,
})

const properties = Object.keys(columns) as ReadonlyArray<Stored>
const all = properties.map((property) => columns[property])

/**
 * Returns the parameters of a statement that writes the task. They begin with its key, and end with the value of its search
 * text (`SearchColumns.ts`), which is null if it stays.
 */
export const parametersOf = (task: Task, searchText: string | null): ReadonlyArray<Task[Stored] | string> => [
  ...properties.map((property) => task[property]),
  searchText,
]

const searchText = `$${all.length + 1}::text`
const version = `$${properties.indexOf("version") + 1}`

/** The SQL types of the parameters of `parametersOf`. */
export const parameterTypes: ReadonlyArray<string> = [...all.map(({ type }) => type), "text"]

/** The names of all columns, in the order of the parameters. */
export const columnNames = all.map(({ name }) => name).join(", ")

/** The names of the columns that a new task sets, and the expressions of their values, which have a type. */
export const insertedNames = `${columnNames}, search_text, search_version`
export const insertedValues = [...all.map(({ type }, index) => `$${index + 1}::${type}`), searchText, version].join(
  ", ",
)

// In JSON a time is text, so it gets the form that the type registry gives to columns.
export const timeInJson = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** All columns as the members of a JSON object, with the names and values of a row. */
export const membersInJson = all
  .map(({ name, type }) => `'${name}', ${type === "timestamptz" ? timeInJson(`tasks.${name}`) : `tasks.${name}`}`)
  .join(", ")

/** The columns of the fields that changes record, by the names of the fields. */
export const fieldColumns = {
  title: columns.title.name,
  description: columns.description.name,
  status: columns.status.name,
  priority: columns.priority.name,
  dueDate: columns.dueDate.name,
} as const satisfies { readonly [Field in keyof TaskFields]: string }

/** Returns the type of the column of a field. */
export const fieldType = (field: keyof TaskFields): string => columns[field].type

/** Returns the values of those columns from the values of `parametersOf`, which have their types. */
export const insertedFrom = (valueAt: (parameter: number) => string): string =>
  [...parameterTypes.map((_, index) => valueAt(index + 1)), valueAt(properties.indexOf("version") + 1)].join(", ")

/** Sets every column but the key. */
export const assignments = [
  ...all.map(({ name }, index) => `${name} = $${index + 1}`).slice(2),
  searchAssignments(searchText, version),
].join(", ")

/** How many parameters a task has. */
export const parameterCount = all.length + 1

/** Returns the number of the n-th parameter after those of the task, from 1. */
export const parameterAfter = (n: number): string => `$${parameterCount + n}`
