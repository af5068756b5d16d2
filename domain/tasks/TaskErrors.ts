import { Data } from "effect"
import type { CategoryId } from "../categories/CategoryId.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import type { TaskId } from "./TaskId.ts"

/** There is no such task, or it was deleted. */
export class TaskNotFound extends Data.TaggedError("TaskNotFound")<{ readonly taskId: TaskId }> {}

/** A due date must lie in the future when it is set. */
export class DueDateNotInFuture extends Data.TaggedError("DueDateNotInFuture")<{ readonly dueDate: Timestamp }> {}

/** The task has that category. */
export class CategoryAlreadyAssigned extends Data.TaggedError("CategoryAlreadyAssigned")<{
  readonly categoryId: CategoryId
}> {}

/** The task does not have that category. */
export class CategoryNotAssigned extends Data.TaggedError("CategoryNotAssigned")<{
  readonly categoryId: CategoryId
}> {}
