/** The arguments that several tools take. */
import { Schema } from "effect"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { maxConfirmationLength } from "../../../domain/changes/Confirmation.ts"
import { IdempotencyKey } from "../../../domain/changes/IdempotencyKey.ts"
import { TimestampFromRfc3339 } from "../../../domain/shared/Timestamp.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../../domain/tasks/TaskId.ts"
import { listOf, optional, required } from "./Arguments.ts"

/** How many tasks one call writes at most. */
export const maxTasks = 50
/** How many tasks one call writes without a confirmation. */
export const maxUnconfirmed = 10
/** How many categories one item names at most, in each of its lists. */
const maxCategoryNames = 10

const title = { type: "string", minLength: 3, maxLength: 200 }
const description = { type: "string", maxLength: 2000 }
const dueDate = { type: "string", format: "date-time", description: "RFC 3339, future" }
const status = { type: "string", enum: TaskStatus.literals }
const priority = { type: "string", enum: TaskPriority.literals }

export const taskId = required(TaskId, { type: "string", format: "uuid" })
export const version = required(Version, { type: "integer", minimum: 1, description: "The version that you read" })
export const requiredTitle = required(TaskTitle, title)

export const optionalFields = {
  description: optional(TaskDescription, description),
  status: optional(TaskStatus, status),
  priority: optional(TaskPriority, priority),
  due_date: optional(TimestampFromRfc3339, dueDate),
}
export const optionalTitle = optional(TaskTitle, title)

/** A list of names of categories. */
export const categoryNames = (description?: string) => {
  const names = listOf(
    { schema: CategoryName, json: { type: "string", minLength: 3, maxLength: 50 } },
    [0, maxCategoryNames],
    description,
  )
  return optional(names.schema, names.json)
}

const flag = (description: string) => optional(Schema.Boolean, { type: "boolean", description })

export const dryRun = flag("Only show what would happen")
export const partial = flag("Take back the rest if a part is blocked")

const confirm = optional(Schema.String.check(Schema.isMaxLength(maxConfirmationLength)), {
  type: "string",
  maxLength: maxConfirmationLength,
  description: "The token of the plan",
})

const idempotencyKey = optional(IdempotencyKey, {
  type: "string",
  minLength: 1,
  maxLength: 255,
  description: "Repeats with it have no second effect",
})

/** What every write takes. */
export const undoOptions = { dry_run: dryRun, idempotency_key: idempotencyKey }
export const writeOptions = { ...undoOptions, confirm }
