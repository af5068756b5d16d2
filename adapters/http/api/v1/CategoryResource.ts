/** Defines the JSON form of a category, and how to make it from the domain's. */
import { Schema } from "effect"
import type { Category } from "../../../../domain/categories/Category.ts"
import { categoryIdExample, IdString, TimestampString, userIdExample } from "./SchemaAnnotations.ts"

/** A category, as responses contain it. */
export const CategoryResource = Schema.Struct({
  id: IdString("category", categoryIdExample),
  user_id: IdString("owner", userIdExample),
  name: Schema.String.annotate({ examples: ["Home"] }),
  color: Schema.NullOr(Schema.String.annotate({ examples: ["#2E7D32"] })),
  version: Schema.Int.annotate({ description: "Raised by every change of the category.", examples: [1] }),
  created_at: TimestampString,
  updated_at: TimestampString,
}).annotate({ identifier: "Category" })
export interface CategoryResource extends Schema.Schema.Type<typeof CategoryResource> {}

export const toCategoryResource = (category: Category): CategoryResource => ({
  id: category.id,
  user_id: category.userId,
  name: category.name,
  color: category.color,
  version: category.version,
  created_at: category.createdAt,
  updated_at: category.updatedAt,
})
