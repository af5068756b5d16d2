/** Which changes of a user's history are meant. */
import type { CategoryId } from "../categories/CategoryId.ts"
import type { TaskId } from "../tasks/TaskId.ts"
import type { BatchId } from "./BatchId.ts"

/** The conditions of a part of a user's history. An absent one means all. */
export interface ChangeFilter {
  readonly entityId?: TaskId | CategoryId | undefined
  /** The id of a session or a token. */
  readonly actorId?: string | undefined
  readonly batchId?: BatchId | undefined
}
