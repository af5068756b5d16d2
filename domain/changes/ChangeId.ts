/** The id of a change. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const ChangeId = withLowerCase(Uuid.pipe(Schema.brand("ChangeId")))
export type ChangeId = typeof ChangeId.Type
