/** The calls for histories, undo and the trash, sent to a server. */
import { Effect } from "effect"
import { ChangeNotFound } from "../../../../domain/changes/ChangeErrors.ts"
import { NotUndoable, UndoConflict, UndoExpired } from "../../../../domain/changes/UndoErrors.ts"
import type { UndoTarget } from "../../../../domain/changes/UndoPlan.ts"
import { CursorMismatch, InvalidCursor } from "../../../../domain/shared/CursorErrors.ts"
import { NotDeleted } from "../../../../domain/shared/NotDeleted.ts"
import type { Client } from "../../../http/client/TaskwrightClient.ts"
import { CommandFailed } from "../../CliErrors.ts"
import type { HistoryCalls } from "../HistoryCalls.ts"
import type { withAccessToken } from "./AccessTokenContext.ts"
import { toChange, toObstacle, toTrashedTask, toUndoOutcome } from "./FromChangeResources.ts"
import { toTask } from "./FromResources.ts"
import { detailOf, type makeMapProblems } from "./MapProblems.ts"
import { ofTask, present } from "./TaskPayloads.ts"

const invalidCursor = { invalid_cursor: () => new InvalidCursor() }
const ofHistory = { ...invalidCursor, cursor_mismatch: () => new CursorMismatch() }

const payloadOf = (target: UndoTarget) => {
  switch (target._tag) {
    case "OneChange":
      return { change_id: target.changeId }
    case "Batch":
      return { batch_id: target.batchId }
    case "SinceTime": {
      const { actor, since } = target
      return { actor: actor.kind === "session" ? { session_id: actor.id } : { token_id: actor.id }, since }
    }
  }
}

/** Builds the calls. */
export const makeRemoteHistory = (
  { history, tasks, trash }: Client,
  mapProblems: ReturnType<typeof makeMapProblems>,
  authorized: ReturnType<typeof withAccessToken>,
): HistoryCalls => ({
  readHistory: ({ batchId, isOwn = false, ...page }) =>
    Effect.map(
      mapProblems(
        authorized(
          history.listHistory({
            query: present({ ...page, batch_id: batchId, actor_id: isOwn ? "self" : undefined }),
          }),
        ),
        ofHistory,
      ),
      ({ data, next_cursor }) => ({ data: data.map(toChange), nextCursor: next_cursor }),
    ),
  readTaskHistory: (taskId, page) =>
    Effect.map(
      mapProblems(authorized(history.listTaskHistory({ params: { task_id: taskId }, query: present(page) })), {
        ...ofTask(taskId),
        ...ofHistory,
      }),
      ({ complete, data, next_cursor }) => ({
        data: data.map(toChange),
        nextCursor: next_cursor,
        isComplete: complete,
      }),
    ),
  undo: ({ isDryRun, isPartial, target }) =>
    Effect.map(
      mapProblems(
        authorized(history.undo({ payload: { ...payloadOf(target), partial: isPartial, dry_run: isDryRun } })),
        {
          change_not_found: () => new ChangeNotFound(),
          undo_conflict: ({ blocked }) => new UndoConflict({ blocked: blocked.map(toObstacle) }),
          undo_expired: ({ blocked }) => new UndoExpired({ blocked: blocked.map(toObstacle) }),
          // Without a purge in its way, the undo is too large, and the server says why.
          not_undoable: (problem) =>
            problem.blocked.length > 0
              ? new NotUndoable({ blocked: problem.blocked.map(toObstacle) })
              : new CommandFailed({ message: detailOf(problem) }),
        },
      ),
      toUndoOutcome,
    ),
  listTrash: (page) =>
    Effect.map(
      mapProblems(authorized(trash.listTrash({ query: present(page) })), invalidCursor),
      ({ data, next_cursor }) => ({ data: data.map(toTrashedTask), nextCursor: next_cursor }),
    ),
  restoreTask: (taskId) =>
    Effect.map(
      mapProblems(authorized(tasks.restoreTask({ params: { task_id: taskId } })), {
        ...ofTask(taskId),
        not_deleted: () => new NotDeleted({ resource: "task" }),
      }),
      ({ task }) => toTask(task),
    ),
  emptyTrash: Effect.map(mapProblems(authorized(trash.emptyTrash()), {}), ({ purged }) => purged),
})
