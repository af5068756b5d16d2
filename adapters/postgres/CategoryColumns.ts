/** The columns of the table of categories: their names, and the way from a row to a category. */
import type { Category, DeletedCategory } from "../../domain/categories/Category.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { timeInJson } from "./TaskColumns.ts"

/** A row that was written from a `Category`. Constraints enforce its rules, so it is trusted, not decoded. */
export interface CategoryRow {
  readonly id: Category["id"]
  readonly user_id: Category["userId"]
  readonly name: Category["name"]
  readonly color: Category["color"]
  readonly version: Category["version"]
  readonly created_at: Category["createdAt"]
  readonly updated_at: Category["updatedAt"]
}

export const toCategory = (row: CategoryRow): Category => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  color: row.color,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

export interface DeletedCategoryRow extends CategoryRow {
  readonly deleted_at: Timestamp
}

export const toDeletedCategory = (row: DeletedCategoryRow): DeletedCategory => ({
  category: toCategory(row),
  deletedAt: row.deleted_at,
})

const names = [
  "id",
  "user_id",
  "name",
  "color",
  "version",
  "created_at",
  "updated_at",
] as const satisfies ReadonlyArray<keyof CategoryRow>

/** The names of all columns, in the order of the parameters. */
export const columnNames = names.join(", ")

/** All columns, qualified with their table. */
export const columns = names.map((name) => `categories.${name}`).join(", ")

/** A row as a JSON object. */
export const rowInJson = `json_build_object(${names
  .map((name) => `'${name}', ${name.endsWith("_at") ? timeInJson(`categories.${name}`) : `categories.${name}`}`)
  .join(", ")})`

/**
 * A condition for deleted categories that can be restored. Cleanup dates a category back to the beginning of time before
 * it removes the first of its assignments, which can take several batches.
 */
export const isRestorable = "categories.deleted_at > '-infinity'"

/** The parameters of a statement that writes the category. */
export const parametersOf = (category: Category) => [
  category.id,
  category.userId,
  category.name,
  category.color,
  category.version,
  category.createdAt,
  category.updatedAt,
]
