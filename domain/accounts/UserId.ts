import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Id.ts"

export const UserId = withLowerCase(Uuid.pipe(Schema.brand("UserId")))
export type UserId = typeof UserId.Type
