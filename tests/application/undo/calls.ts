/** Calls of the use cases in short forms, for the tests of undo, and the two sessions that they act for. */
import { Effect } from "effect"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { type UndoChanges, undoChanges } from "../../../application/changes/UndoChanges.ts"
import { createTask } from "../../../application/tasks/CreateTask.ts"
import { updateTask } from "../../../application/tasks/UpdateTask.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { BatchId } from "../../../domain/changes/BatchId.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { newSessionId } from "../../support/entities.ts"
import { asRequest } from "../../support/requests.ts"

/** The session of an undo, and another one. */
export const [mine, theirs] = [newSessionId(), newSessionId()]

export const title = (text: string) => TaskTitle.make(text)
export const create = (userId: UserId, text = "Water the plants") => createTask({ userId, title: title(text) })
export const edit = (
  userId: UserId,
  taskId: TaskId,
  fields: Omit<Partial<Parameters<typeof updateTask>[0]>, "userId">,
) => updateTask({ ...fields, userId, taskId, version: "any" })

export const undo = (userId: UserId, target: UndoChanges["target"], options: Partial<UndoChanges> = {}) =>
  Effect.map(
    asRequest(mine, undoChanges({ userId, target, isPartial: false, isDryRun: false, ...options })),
    ({ result }) => result,
  )
export const batch = (batchId: BatchId) => UndoTarget.Batch({ batchId })
export const since = (session: SessionId, time: Timestamp) =>
  UndoTarget.SinceTime({ actor: { kind: "session", id: session }, since: time })

export const latestOf = (userId: UserId) => Effect.flatMap(ChangeRepository, ({ ends }) => ends(userId))
export const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)
