/**
 * The format of an export: JSON Lines with a header, the categories, the tasks by creation, and an end line. The end
 * line distinguishes a complete export from a truncated one.
 */
import { Schema, SchemaTransformation, Struct } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { type Category, CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { Timestamp, TimestampFromRfc3339 } from "../../../domain/shared/Timestamp.ts"
import { maxTaskCategories, type Task } from "../../../domain/tasks/Task.ts"
import { TaskFields, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { TaskImport } from "../../../domain/tasks/TaskImport.ts"

export const formatVersion = 1

/** Accepts a line of text of an older version, which allowed control characters: each run of them becomes a space. */
const withoutControls = <S extends Schema.Codec<string, string>>(line: S) =>
  Schema.String.pipe(
    Schema.decodeTo(
      line,
      SchemaTransformation.transform<string, string>({
        decode: (text) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " "),
        encode: (text) => text,
      }),
    ),
  )

export const HeaderLine = Schema.Struct({
  type: Schema.Literal("taskwright-export"),
  version: Schema.Literal(formatVersion),
  /** The owner of the tasks; an import into the same account finds them by their ids. */
  user_id: UserId,
  exported_at: Timestamp,
})

/** The header of any version; only the version is read. */
export const AnyHeaderLine = Schema.Struct({ type: Schema.Literal("taskwright-export"), version: Schema.Int })

export const CategoryLine = Schema.Struct({
  type: Schema.Literal("category"),
  id: CategoryId,
  name: withoutControls(CategoryName),
  color: Schema.NullOr(CategoryColor),
  created_at: TimestampFromRfc3339,
})

export const TaskLine = Schema.Struct({
  type: Schema.Literal("task"),
  id: TaskId,
  ...TaskFields.mapFields(Struct.omit(["dueDate"])).fields,
  title: withoutControls(TaskTitle),
  due_date: Schema.NullOr(TimestampFromRfc3339),
  /** By name, which is unique for a user. A task from before the limit may have more, and is reported by its line. */
  categories: Schema.Array(withoutControls(CategoryName)).check(
    Schema.isMaxLength(maxTaskCategories, { message: `must have at most ${maxTaskCategories} categories` }),
  ),
  version: Schema.Int,
  created_at: TimestampFromRfc3339,
  updated_at: TimestampFromRfc3339,
})
export interface TaskLine extends Schema.Schema.Type<typeof TaskLine> {}

export const EndLine = Schema.Struct({ type: Schema.Literal("end"), categories: Schema.Int, tasks: Schema.Int })

export const ExportLine = Schema.Union([HeaderLine, CategoryLine, TaskLine, EndLine])
export type ExportLine = typeof ExportLine.Type

export const exportedCategory = ({ color, createdAt, id, name }: Category): typeof CategoryLine.Type => ({
  type: "category",
  id,
  name,
  color,
  created_at: createdAt,
})

/** Converts the line to the task that an import creates. */
export const toTaskImport = (line: TaskLine): TaskImport => ({
  title: line.title,
  description: line.description,
  status: line.status,
  priority: line.priority,
  dueDate: line.due_date,
  createdAt: line.created_at,
})

export const exportedTask = (task: Task): TaskLine => ({
  type: "task",
  id: task.id,
  title: task.title,
  description: task.description,
  status: task.status,
  priority: task.priority,
  due_date: task.dueDate,
  categories: task.categories.map(({ name }) => name),
  version: task.version,
  created_at: task.createdAt,
  updated_at: task.updatedAt,
})
