/** Connects the endpoints for histories and undo to their use cases. */
import { Effect } from "effect"
import { requireSession } from "../../../../application/access/Access.ts"
import { readHistory } from "../../../../application/changes/ReadHistory.ts"
import { undoChanges } from "../../../../application/changes/UndoChanges.ts"
import { readTaskHistory } from "../../../../application/tasks/ReadTaskHistory.ts"
import { actorIdOf } from "../../../../domain/changes/Actor.ts"
import { toChangeResource } from "../../api/v1/ChangeResource.ts"
import type { HistoryApi } from "../../api/v1/HistoryApi.ts"
import { targetOf } from "../../api/v1/UndoRequest.ts"
import { toUndoResponse } from "../../api/v1/UndoResource.ts"
import { type Handlers, mutation } from "./Handlers.ts"

export const historyHandlers: Handlers<typeof HistoryApi> = {
  listHistory: Effect.fnUntraced(function* ({ query }, { identity }) {
    const { actor_id, batch_id: batchId, ...page } = query
    const actorId = actor_id === "self" ? actorIdOf(identity) : actor_id?.toLowerCase()
    const { data, nextCursor } = yield* readHistory({ ...page, userId: identity.userId, actorId, batchId })
    return { data: data.map(toChangeResource), next_cursor: nextCursor }
  }),
  listTaskHistory: Effect.fnUntraced(function* ({ params, query }, { identity: { userId } }) {
    const { data, isComplete, nextCursor } = yield* readTaskHistory({ ...query, userId, taskId: params.task_id })
    return { data: data.map(toChangeResource), next_cursor: nextCursor, complete: isComplete }
  }),
  undo: mutation(({ payload }, { identity }) => {
    const { dry_run: isDryRun = false, partial: isPartial = false } = payload
    const target = targetOf(payload)
    const run = undoChanges({ userId: identity.userId, target, isPartial, isDryRun })
    return target._tag === "SinceTime" ? Effect.andThen(requireSession(identity), run) : run
  }, toUndoResponse),
}
