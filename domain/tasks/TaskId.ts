/** The id of a task. */
import { Schema } from "effect"
import { Uuid, withLowerCase } from "../shared/Uuid.ts"

export const TaskId = withLowerCase(Uuid.pipe(Schema.brand("TaskId")))
export type TaskId = typeof TaskId.Type
