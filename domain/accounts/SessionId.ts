/** The id of a session. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const SessionId = withLowerCase(Uuid.pipe(Schema.brand("SessionId")))
export type SessionId = typeof SessionId.Type
