import { Schema } from "effect"
import { lowerCasing, Uuid } from "../shared/Id.ts"

export const TaskId = lowerCasing(Uuid.pipe(Schema.brand("TaskId")))
export type TaskId = typeof TaskId.Type
