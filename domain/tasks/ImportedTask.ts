import type { UserId } from "../accounts/UserId.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import { firstVersion } from "../shared/Version.ts"
import type { Task, TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "./Task.ts"
import type { TaskId } from "./TaskId.ts"

/** What is known of a task that was kept somewhere else. */
export interface TaskImport {
  readonly title: TaskTitle
  readonly description: TaskDescription | null
  readonly status: TaskStatus
  readonly priority: TaskPriority
  /** May lie in the past: it was in the future when it was set. */
  readonly dueDate: Timestamp | null
  /** When it was made there; now, if that is not known. A time ahead of `now`, by another clock, counts as `now`. */
  readonly createdAt?: Timestamp | undefined
}

/** The task as one of this user's, as far along as it was. Its categories are put on it afterwards. */
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
