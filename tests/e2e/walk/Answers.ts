/** The checks and refusals that the walk's model shares between its operations. */
import { Effect, Schema } from "effect"
import type { Category } from "../../../domain/categories/Category.ts"
import { countVisible } from "../../../domain/shared/VisibleText.ts"
import type { Model, ModelTask } from "./Model.ts"
import type { Answer, Operation, WalkPorts } from "./Store.ts"

/** Decodes the command with its schema, as every driver does, and runs the use case. */
export const command = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  useCase: (command: S["Type"]) => Effect.Effect<unknown, unknown, WalkPorts>,
  raw: object,
): Operation["effect"] => Effect.flatMap(Schema.decodeUnknownEffect(schema)(raw), useCase)

export const done: Answer = { value: undefined }

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0")

/** Whether the text has that many code points, and only characters that can be stored. */
export const isText = (text: string, minimum: number, maximum: number): boolean =>
  isStorable(text) && [...text].length >= minimum && [...text].length <= maximum

/** Returns a title or a name as the service stores it. */
export const lineOf = (text: string): string => text.trim().normalize("NFC")

/** Whether the text is a line of that many code points, with enough visible ones. */
export const isLine = (text: string, minimum: number, maximum: number): boolean =>
  isText(text, minimum, maximum) && !/[\p{Cc}\u2028\u2029]/u.test(text) && countVisible(text, minimum) >= minimum

export const isWhole = (value: number, minimum: number, maximum: number): boolean =>
  Number.isInteger(value) && value >= minimum && value <= maximum

/** Returns the user's own task, or its refusal. */
export const findTask = (model: Model, userId: string, rawId: string): ModelTask | Answer => {
  const taskId = rawId.toLowerCase()
  const task = model.tasks.find(({ fields }) => fields.id === taskId)
  const isOwn = task?.fields.userId === userId
  if (task === undefined || (task.deletedAt !== null && !isOwn)) return { refused: "TaskNotFound", taskId }
  if (task.deletedAt !== null) return { refused: "TaskNotFound", taskId, deletedAt: task.deletedAt }
  return isOwn ? task : { refused: "NotOwner", resource: "task" }
}

/** Returns the user's own category, or its refusal. */
export const findCategory = (model: Model, userId: string, rawId: string): Category | Answer => {
  const categoryId = rawId.toLowerCase()
  const category = model.categories.find(({ id }) => id === categoryId)
  if (category === undefined) return { refused: "CategoryNotFound", categoryId }
  return category.userId === userId ? category : { refused: "NotOwner", resource: "category" }
}

export const isAnswer = (found: ModelTask | Category | Answer): found is Answer =>
  "refused" in found || "value" in found
