import { Schema } from "effect"
import { lowerCasing, Uuid } from "../shared/Id.ts"

export const SessionId = lowerCasing(Uuid.pipe(Schema.brand("SessionId")))
export type SessionId = typeof SessionId.Type
