/** The use case that imports a task from another system. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { byName } from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { nextVersion } from "../../domain/shared/Version.ts"
import { checkCategories, TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { createImported } from "../../domain/tasks/TaskImport.ts"
import { getOwnCategories } from "../categories/NotOwner.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ImportTask = Schema.Struct({
  userId: UserId,
  title: TaskTitle,
  description: Schema.NullOr(TaskDescription),
  status: TaskStatus,
  priority: TaskPriority,
  dueDate: Schema.NullOr(Timestamp),
  createdAt: Schema.optional(Timestamp),
  categoryIds: Schema.Array(CategoryId),
})
export interface ImportTask extends Schema.Schema.Type<typeof ImportTask> {}

/** Creates a task from another system with its status and categories, all of it or nothing. */
export const importTask = Effect.fn("importTask")(function* (command: ImportTask) {
  const tasks = yield* TaskRepository
  const ids = yield* IdGenerator
  const { atomically } = yield* UnitOfWork
  const bare = createImported(yield* ids.next(TaskId), command.userId, command, yield* now)
  if (command.categoryIds.length === 0) {
    yield* tasks.insert(bare)
    return bare
  }
  const categories = yield* getOwnCategories(command.userId, command.categoryIds)
  yield* Effect.fromResult(checkCategories(categories))
  const labelled = { ...bare, categories: categories.sort(byName), version: nextVersion(bare.version) }
  yield* atomically(
    Effect.andThen(
      tasks.insert(bare),
      // No other caller knows the task before the unit ends.
      Effect.catchTags(tasks.update(bare, labelled), { TaskNotFound: Effect.die, VersionConflict: Effect.die }),
    ),
  )
  return labelled
})
