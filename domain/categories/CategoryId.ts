/** The id of a category. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const CategoryId = withLowerCase(Uuid.pipe(Schema.brand("CategoryId")))
export type CategoryId = typeof CategoryId.Type
