import { Schema } from "effect"
import { lowerCasing, Uuid } from "../shared/Id.ts"

export const UserId = lowerCasing(Uuid.pipe(Schema.brand("UserId")))
export type UserId = typeof UserId.Type
