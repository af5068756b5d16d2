/** The categories that users define for their tasks: fields, limits and order. */
import { Schema } from "effect"
import { UserId } from "../accounts/UserId.ts"
import { compareCodePoints } from "../shared/CodePointOrder.ts"
import { isWithinUnits, oneLineText } from "../shared/Text.ts"
import { Timestamp } from "../shared/Timestamp.ts"
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

/** A label that a user assigns to tasks. Names are unique within one user's categories. */
export const Category = Schema.Struct({
  id: CategoryId,
  userId: UserId,
  name: CategoryName,
  color: Schema.NullOr(CategoryColor),
  createdAt: Timestamp,
})
export interface Category extends Schema.Schema.Type<typeof Category> {}

/** The fields of a category that its user sets. */
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
  createdAt: now,
})

/** Compares categories for every list, including the list inside a task: by name, code point by code point. */
export const byName = (one: Category, other: Category): number => compareCodePoints(one.name, other.name)
