/** The categories that users define for their tasks: fields, limits and order. */
import { Data, Result, Schema, Struct } from "effect"
import { UserId } from "../accounts/UserId.ts"
import { compareCodePoints } from "../shared/CodePointOrder.ts"
import { isWithinUnits, oneLineText } from "../shared/Text.ts"
import { Timestamp } from "../shared/Timestamp.ts"
import { type AcceptedVersions, accepts, firstVersion, nextVersion, Version } from "../shared/Version.ts"
import { CategoryId } from "./CategoryId.ts"

export const CategoryName = oneLineText(3, 50, Schema.brand("CategoryName"))
export type CategoryName = typeof CategoryName.Type

const colorMessage = "must be a colour of the form #RRGGBB"

export const CategoryColor = Schema.String.check(
  isWithinUnits("#RRGGBB".length, colorMessage),
  Schema.isPattern(/^#[0-9A-Fa-f]{6}$/, { message: colorMessage }),
).pipe(Schema.brand("CategoryColor"))
export type CategoryColor = typeof CategoryColor.Type

/** The maximum number of categories of one user. A user with more from before this limit keeps them. */
export const maxCategories = 1000

/** The fields of a category that its user sets. */
export const CategoryFields = Schema.Struct({ name: CategoryName, color: Schema.NullOr(CategoryColor) })
export interface CategoryFields extends Schema.Schema.Type<typeof CategoryFields> {}

/** The fields of a change: an absent one stays unchanged, and a null color clears it. */
export const CategoryChanges = CategoryFields.mapFields(Struct.map(Schema.optional))
export interface CategoryChanges extends Schema.Schema.Type<typeof CategoryChanges> {}

/**
 * A label that a user assigns to tasks. Names are unique within one user's categories. Every change raises its version,
 * and no version of a task.
 */
export const Category = Schema.Struct({
  id: CategoryId,
  userId: UserId,
  ...CategoryFields.fields,
  version: Version,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export interface Category extends Schema.Schema.Type<typeof Category> {}

/** The category was changed after the caller read it. `current` is the category as it is now. */
export class CategoryVersionConflict extends Data.TaggedError("CategoryVersionConflict")<{
  readonly current: Category
}> {}

/**
 * A category that its user deleted. It stays stored with its assignments, and no list, lookup or task shows it until it
 * is restored.
 */
export interface DeletedCategory {
  readonly category: Category
  readonly deletedAt: Timestamp
}

/** The fields of a new category: only the name is required. */
export interface NewCategory {
  readonly name: CategoryName
  readonly color?: CategoryColor | null | undefined
}

/** Creates a category for the user. */
export const create = (id: CategoryId, userId: UserId, input: NewCategory, now: Timestamp): Category => ({
  id,
  userId,
  name: input.name,
  color: input.color ?? null,
  version: firstVersion,
  createdAt: now,
  updatedAt: now,
})

/** Fails with `CategoryVersionConflict` unless the category has a version that the caller accepts. */
export const expectVersion = (
  category: Category,
  accepted: AcceptedVersions,
): Result.Result<Category, CategoryVersionConflict> =>
  accepts(accepted, category.version)
    ? Result.succeed(category)
    : Result.fail(new CategoryVersionConflict({ current: category }))

/** Changes the given fields. If none of them differs, returns the same category. */
export const change = (category: Category, changes: CategoryChanges, now: Timestamp): Category => {
  const name = changes.name ?? category.name
  const color = changes.color === undefined ? category.color : changes.color
  return name === category.name && color === category.color ? category : changed({ ...category, name, color }, now)
}

/** Restores a deleted category. This counts as a change, so the version is raised. */
export const restore = ({ category }: DeletedCategory, now: Timestamp): Category => changed(category, now)

const changed = (category: Category, now: Timestamp): Category => ({
  ...category,
  version: nextVersion(category.version),
  updatedAt: now,
})

/** Compares categories for every list, including the list inside a task: by name, code point by code point. */
export const byName = (one: Category, other: Category): number => compareCodePoints(one.name, other.name)
