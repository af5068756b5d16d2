/** Runs the use cases of histories, undo and the trash for commands. */
import { Effect } from "effect"
import { readHistory } from "../../../application/changes/ReadHistory.ts"
import { undoChanges } from "../../../application/changes/UndoChanges.ts"
import type { Ports } from "../../../application/Ports.ts"
import { emptyTrash } from "../../../application/tasks/EmptyTrash.ts"
import { listTrash } from "../../../application/tasks/ListTrash.ts"
import { readTaskHistory } from "../../../application/tasks/ReadTaskHistory.ts"
import { restoreTask } from "../../../application/tasks/RestoreTask.ts"
import type { SessionIdentity } from "../../../domain/accounts/Identity.ts"
import type { Call } from "./Call.ts"
import type { HistoryCalls } from "./HistoryCalls.ts"
import { dieIfStale, dieWithoutSession, failIfDeleted } from "./LocalErrors.ts"

/** Runs a use case as the signed-in user. */
type RunAsUser = <A, E>(use: (identity: SessionIdentity) => Effect.Effect<A, E, Ports>) => Call<A, E>

/** Builds the calls. `change` runs use cases that change tasks or categories. */
export const makeLocalHistory = (read: RunAsUser, change: RunAsUser): HistoryCalls => ({
  readHistory: ({ isOwn = false, ...query }) =>
    read(({ sessionId, userId }) => readHistory({ ...query, userId, actorId: isOwn ? sessionId : undefined })),
  readTaskHistory: (taskId, query) => read(({ userId }) => readTaskHistory({ ...query, userId, taskId })),
  undo: (request) => change(({ userId }) => failIfDeleted(dieWithoutSession(undoChanges({ ...request, userId })))),
  listTrash: (query) => read(({ userId }) => listTrash({ ...query, userId })),
  restoreTask: (taskId) => change(({ userId }) => dieIfStale(restoreTask({ userId, taskId }))),
  emptyTrash: change(({ userId }) => Effect.map(failIfDeleted(emptyTrash({ userId })), ({ purged }) => purged)),
})
