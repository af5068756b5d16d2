/** The id of a user and of the user's account. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const UserId = withLowerCase(Uuid.pipe(Schema.brand("UserId")))
export type UserId = typeof UserId.Type
