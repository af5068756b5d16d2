/** Finds the batch that an undo without a target takes back. */
import type { BatchId } from "./BatchId.ts"
import type { Change } from "./Change.ts"
import type { ChangeId } from "./ChangeId.ts"

/**
 * Finds the last batch of this session or token that is neither an undo, nor taken back, nor gone for good. The newest of
 * the changes comes first. Returns undefined if there is none, or if the next page may have more changes of it; `isAll`
 * says that there is no next page. An undo that was taken back does not count as one.
 */
export const lastUndoable = (changes: ReadonlyArray<Change>, actorId: string, isAll: boolean): BatchId | undefined => {
  const batches = Map.groupBy(changes, ({ batchId }) => batchId)
  const unfinished = isAll ? undefined : changes.at(-1)?.batchId
  const takenBack = new Set<ChangeId>()
  const purged = new Set(changes.flatMap(({ entityId, op }) => (op === "purged" ? [entityId] : [])))
  for (const [batchId, batch] of batches) {
    if (batchId === unfinished) return undefined
    if (batch.some(({ id }) => takenBack.has(id))) continue
    const undone = batch.flatMap(({ undoes }) => undoes ?? [])
    for (const id of undone) takenBack.add(id)
    const isOwn = batch.some(({ actor }) => actor.id === actorId)
    if (undone.length === 0 && isOwn && batch.some(({ entityId }) => !purged.has(entityId))) return batchId
  }
  return undefined
}
