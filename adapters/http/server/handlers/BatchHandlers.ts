/** Connects the endpoint for batches to its use case. */
import { Effect } from "effect"
import { BatchFailed, type BatchOutcome, runBatch } from "../../../../application/batch/RunBatch.ts"
import type { BatchApi } from "../../api/v1/BatchApi.ts"
import { problemTypes } from "../../api/v1/ProblemTypes.ts"
import { BatchConflict, BatchRefused } from "./BatchErrors.ts"
import { toOperation, toResults } from "./BatchOperations.ts"
import { type Handlers, mutation } from "./Handlers.ts"

const failureOf = ({ failedIndex, results }: BatchFailed, requestId: string) => {
  const failure = { failedIndex, results: toResults(results, requestId) }
  return failure.results[failedIndex]?.status === problemTypes.batch_failed.status
    ? new BatchConflict(failure)
    : new BatchRefused(failure)
}

const batchResponse = ({ batchId, isApplied, requestId, results }: BatchOutcome) => ({
  ...(batchId !== null && { batch_id: batchId }),
  applied: isApplied,
  results: toResults(results, requestId ?? ""),
})

export const batchHandlers: Handlers<typeof BatchApi> = {
  runBatch: mutation(({ payload: { atomic = true, dry_run = false, operations } }, { id, identity: { userId } }) => {
    const batch = { userId, operations: operations.map(toOperation), isAtomic: atomic, isDryRun: dry_run }
    return Effect.mapError(runBatch(batch), (error) => (error instanceof BatchFailed ? failureOf(error, id) : error))
  }, batchResponse),
}
