/** The id of a batch: the changes of one request, which are taken back together. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const BatchId = withLowerCase(Uuid.pipe(Schema.brand("BatchId")))
export type BatchId = typeof BatchId.Type
