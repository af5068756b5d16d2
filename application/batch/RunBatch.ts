/** The use case that runs several operations as one unit. */
import { Data, Effect, Result, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import type { RequestId } from "../../domain/changes/Change.ts"
import { ChangeRepository } from "../changes/ChangeRepository.ts"
import { IdempotencyRecords } from "../changes/IdempotencyRecords.ts"
import { CurrentMutation } from "../changes/Mutation.ts"
import { Unavailable } from "../shared/Unavailable.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { useCase } from "../shared/UseCase.ts"
import { BatchOperation } from "./BatchOperation.ts"
import { checkBatch } from "./CheckBatch.ts"
import { makeRunOperation, type OperationError, type OperationResult } from "./RunOperation.ts"

/** The maximum number of operations. A driving adapter may allow fewer. */
export const maxOperations = 250

export const RunBatch = Schema.Struct({
  userId: UserId,
  operations: Schema.Array(BatchOperation).check(Schema.isMaxLength(maxOperations)),
  /** Whether the first refused operation ends the batch, and nothing of it is done. */
  isAtomic: Schema.Boolean,
  /** Whether everything is taken back at the end. */
  isDryRun: Schema.Boolean,
})
export interface RunBatch extends Schema.Schema.Type<typeof RunBatch> {}

/**
 * How long the operations may take together, in milliseconds. Until they end, all other writers of the user wait, and
 * the store ends their wait at some time.
 */
export const maxBatchMillis = 5_000

/** A batch took longer than `maxBatchMillis`; a smaller one may not. */
const retryAfterMillis = 1_000

type OperationOutcome = Result.Result<OperationResult, OperationError>

export interface BatchOutcome {
  /** The batch of all changes. Null if nothing was changed, or if the changes have no batch in common. */
  readonly batchId: BatchId | null
  /** The request that ran the batch. Null if none did. */
  readonly requestId: RequestId | null
  /** Whether any operation was done. */
  readonly isApplied: boolean
  /** One for each operation. */
  readonly results: ReadonlyArray<OperationOutcome>
}

/** An operation of an atomic batch was refused. Nothing of the batch was done. */
export class BatchFailed extends Data.TaggedError("BatchFailed")<{
  readonly failedIndex: number
  /** Those of the operations up to the refused one, as they would have been. */
  readonly results: ReadonlyArray<OperationOutcome>
}> {}

/** Ends the unit of a dry run, so that nothing is stored. */
class DryRunEnded extends Data.TaggedError("DryRunEnded")<{ readonly outcome: BatchOutcome }> {}

/**
 * Runs the operations in their order; each sees what the earlier ones did. All changes belong to the batch of
 * `CurrentMutation`, and are stored in one atomic step together with the record of an idempotency key. Other writers of
 * the user wait until it ends.
 *
 * Fails with `BatchFailed` if an operation of an atomic batch is refused. Otherwise a refusal stands in its place among
 * the results. Dies with `Unavailable` if the operations take longer than `maxBatchMillis`; then nothing was done.
 */
export const runBatch = useCase("runBatch")(function* ({ isAtomic, isDryRun, operations, userId }: RunBatch) {
  const changes = yield* ChangeRepository
  const records = yield* IdempotencyRecords
  const { atomically } = yield* UnitOfWork
  const mutation = yield* CurrentMutation
  const { requestId } = mutation
  yield* Effect.fromResult(checkBatch(operations))

  let hasChanged = false
  const write = {
    ...mutation,
    toRecord: null,
    record: null,
    onChange: () => {
      hasChanged = true
    },
  }

  const runAll = Effect.gen(function* () {
    const runOperation = makeRunOperation(userId)
    const results: Array<OperationOutcome> = []
    for (const operation of operations) {
      const result = yield* Effect.result(runOperation(operation))
      results.push(result)
      if (isAtomic && Result.isFailure(result)) {
        return yield* new BatchFailed({ failedIndex: results.length - 1, results })
      }
    }
    return results
  }).pipe(Effect.provideService(CurrentMutation, write))

  const unit = Effect.gen(function* () {
    // The store may run the unit again.
    hasChanged = false
    yield* changes.lock(userId)
    const results = yield* Effect.timeoutOrElse(runAll, { duration: maxBatchMillis, orElse: dieLate })
    if (isDryRun) return yield* new DryRunEnded({ outcome: { batchId: null, requestId, isApplied: false, results } })
    const outcome: BatchOutcome = {
      batchId: hasChanged ? mutation.batchId : null,
      requestId,
      isApplied: results.some(Result.isSuccess),
      results,
    }
    if (!hasChanged) return outcome
    if (mutation.toRecord !== null) yield* records.insert(userId, mutation.toRecord(outcome))
    mutation.onChange(userId)
    return outcome
  })

  return yield* Effect.catchTag(atomically(unit), "DryRunEnded", ({ outcome }) => Effect.succeed(outcome))
})

const dieLate = () =>
  Effect.die(new Unavailable({ dependency: `the database (a batch within ${maxBatchMillis} ms)`, retryAfterMillis }))
