/** The errors that reading and changing tasks can fail with. (`VersionConflict` is in `Task.ts`.) */
import { Data } from "effect"
import type { CategoryId } from "../categories/CategoryId.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import type { TaskId } from "./TaskId.ts"

/** The task does not exist, or it was deleted. */
export class TaskNotFound extends Data.TaggedError("TaskNotFound")<{
  readonly taskId: TaskId
  /** When the caller deleted the task, if it can still be restored. Only use cases look for it. */
  readonly deletedAt?: Timestamp
}> {}

/** A due date must lie in the future when it is set. */
export class DueDateNotInFuture extends Data.TaggedError("DueDateNotInFuture")<{ readonly dueDate: Timestamp }> {}

/** The category is already assigned to the task. */
export class CategoryAlreadyAssigned extends Data.TaggedError("CategoryAlreadyAssigned")<{
  readonly categoryId: CategoryId
}> {}

/** The category is not assigned to the task. */
export class CategoryNotAssigned extends Data.TaggedError("CategoryNotAssigned")<{
  readonly categoryId: CategoryId
}> {}
