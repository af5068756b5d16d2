/** Creating a task from the export of another system, with its status and dates. */
import type { UserId } from "../accounts/UserId.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import { firstVersion } from "../shared/Version.ts"
import type { Task, TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "./Task.ts"
import type { TaskId } from "./TaskId.ts"

/** The fields of a task that comes from another system. */
export interface TaskImport {
  readonly title: TaskTitle
  readonly description: TaskDescription | null
  readonly status: TaskStatus
  readonly priority: TaskPriority
  /** May lie in the past, because it was in the future when it was set. */
  readonly dueDate: Timestamp | null
  /**
   * When it was created there; `now` if that is unknown. A time after `now`, from another clock, is replaced by `now`.
   */
  readonly createdAt?: Timestamp | undefined
}

/** Creates the task for this user with the status that it had. Its categories are assigned afterwards. */
export const createImported = (id: TaskId, userId: UserId, wanted: TaskImport, now: Timestamp): Task => ({
  id,
  userId,
  title: wanted.title,
  description: wanted.description,
  status: wanted.status,
  priority: wanted.priority,
  dueDate: wanted.dueDate,
  categories: [],
  version: firstVersion,
  createdAt: wanted.createdAt !== undefined && wanted.createdAt < now ? wanted.createdAt : now,
  updatedAt: now,
})
