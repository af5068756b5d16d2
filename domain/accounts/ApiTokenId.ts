/** The id of an API token. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const ApiTokenId = withLowerCase(Uuid.pipe(Schema.brand("ApiTokenId")))
export type ApiTokenId = typeof ApiTokenId.Type
