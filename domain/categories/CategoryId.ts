import { Schema } from "effect"
import { lowerCasing, Uuid } from "../shared/Id.ts"

export const CategoryId = lowerCasing(Uuid.pipe(Schema.brand("CategoryId")))
export type CategoryId = typeof CategoryId.Type
