/** The calls that read histories, take changes back, and work on the trash. */
import type { UndoOutcome } from "../../../application/changes/UndoChanges.ts"
import type { TrashedTask } from "../../../application/tasks/ListTrash.ts"
import type { BatchId } from "../../../domain/changes/BatchId.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import type { ChangeNotFound } from "../../../domain/changes/ChangeErrors.ts"
import type { NotUndoable, UndoConflict, UndoExpired, UndoTooLarge } from "../../../domain/changes/UndoErrors.ts"
import type { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import type { CursorMismatch, InvalidCursor } from "../../../domain/shared/CursorErrors.ts"
import type { NotDeleted } from "../../../domain/shared/NotDeleted.ts"
import type { NotOwner } from "../../../domain/shared/NotOwner.ts"
import type { CursorPageLimit } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskNotFound } from "../../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { Call } from "./Call.ts"

/** Selects a page by the cursor that the page before names. */
export interface PageQuery {
  readonly cursor?: string | undefined
  readonly limit: CursorPageLimit
}

/** Changes, the newest first. */
export interface ChangesPage {
  readonly data: ReadonlyArray<Change>
  /** Null at the end. */
  readonly nextCursor: string | null
}

export interface TaskChangesPage extends ChangesPage {
  /** Whether the history reaches back to the task's creation. */
  readonly isComplete: boolean
}

export interface TrashPage {
  readonly data: ReadonlyArray<TrashedTask>
  readonly nextCursor: string | null
}

/** What to take back, and how. */
export interface UndoRequest {
  readonly target: UndoTarget
  /** Whether to take back the rest if a part is blocked. */
  readonly isPartial: boolean
  /** Whether to return what would be done, and to write nothing. */
  readonly isDryRun: boolean
}

type UndoError = ChangeNotFound | UndoConflict | NotUndoable | UndoExpired | UndoTooLarge

/** The calls of a signed-in user. */
export interface HistoryCalls {
  readonly readHistory: (
    query: PageQuery & {
      readonly batchId?: BatchId | undefined
      /** Only what this session or token did. */
      readonly isOwn?: boolean
    },
  ) => Call<ChangesPage, InvalidCursor | CursorMismatch>
  readonly readTaskHistory: (
    id: TaskId,
    query: PageQuery,
  ) => Call<TaskChangesPage, TaskNotFound | NotOwner | InvalidCursor | CursorMismatch>
  readonly undo: (request: UndoRequest) => Call<UndoOutcome, UndoError>

  /** Returns deleted tasks, the last deleted first. */
  readonly listTrash: (query: PageQuery) => Call<TrashPage, InvalidCursor>
  readonly restoreTask: (id: TaskId) => Call<Task, TaskNotFound | NotDeleted | NotOwner>
  /** Destroys some of the deleted tasks for good, and returns how many. Repeat it until there are none. */
  readonly emptyTrash: Call<number>
}
