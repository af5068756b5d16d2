/** The use case that runs a batch which its caller may have to confirm first. */
import { Data, Effect, Option } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import * as Confirmation from "../../domain/changes/Confirmation.ts"
import type { PresentStates } from "../../domain/changes/UndoPlan.ts"
import { fromMillis, type Timestamp, toMillis } from "../../domain/shared/Timestamp.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { ChangeRepository } from "../changes/ChangeRepository.ts"
import { mapResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { useCase } from "../shared/UseCase.ts"
import type { BatchOperation } from "./BatchOperation.ts"
import { PlanSeals } from "./PlanSeals.ts"
import { type BatchOutcome, maxOperations, runBatch } from "./RunBatch.ts"

/** The tasks and categories as they are when the operations are decided. */
export type Present = Pick<PresentStates, "categories" | "tasks">

/** A plan. It has a function, so it is no schema. */
export interface RunPlan<E = never> {
  readonly userId: UserId
  /** The existing tasks that the plan concerns. A confirmation holds for their versions alone. */
  readonly taskIds: ReadonlyArray<TaskId>
  /** The request in one form. A confirmation holds for the same request alone. */
  readonly request: string
  /** Decides the operations. Some tasks can be missing, deleted, or of another user: they are refused when they run. If it
   * fails, nothing is done. */
  readonly decide: (present: Present) => Effect.Effect<ReadonlyArray<BatchOperation>, E>
  readonly isDryRun: boolean
  /** Whether the plan runs only if it is confirmed. */
  readonly needsConfirmation: boolean
  /** What an earlier call returned for the same request; null if there is none. */
  readonly confirmation: string | null
}

/** The operations, and what they lead to. */
export interface PlanOutcome {
  readonly operations: ReadonlyArray<BatchOperation>
  readonly outcome: BatchOutcome
  /** What the operations were decided on. */
  readonly present: Present
  /** By which the plan can be confirmed. Null if it needs none, or if it was applied. */
  readonly confirmation: { readonly text: string; readonly expiresAt: Timestamp } | null
}

/** The plan was not applied, because it has to be confirmed. It has the results that it would have. */
export class ConfirmationRequired extends Data.TaggedError("ConfirmationRequired")<{ readonly plan: PlanOutcome }> {}

/** The confirmation belongs to another plan, has expired, or these tasks were changed since. Nothing was done. */
export class PlanStale extends Data.TaggedError("PlanStale")<{ readonly taskIds: ReadonlyArray<TaskId> }> {}

/** The plan has too many operations. Nothing was done. */
export class PlanTooLarge extends Data.TaggedError("PlanTooLarge")<{ readonly limit: number }> {}

/**
 * Runs the operations as one atomic batch. If the plan needs a confirmation and has none, fails with
 * `ConfirmationRequired`, which says what would be done. With a confirmation, exactly the plan that was shown is applied:
 * fails with `PlanStale` if it is another one, or if a task was changed since. A dry run writes nothing.
 */
export const runPlan = useCase("runPlan")(function* <E = never>(plan: RunPlan<E>) {
  const { confirmation, isDryRun, needsConfirmation, userId } = plan
  const { lock } = yield* ChangeRepository
  const { atomically } = yield* UnitOfWork
  if (isDryRun || (needsConfirmation && confirmation === null)) {
    const shown = yield* showPlan(plan)
    return yield* isDryRun ? Effect.succeed(shown) : new ConfirmationRequired({ plan: shown })
  }
  const apply = Effect.gen(function* () {
    yield* lock(userId)
    const present = yield* readPresent(plan)
    if (needsConfirmation) yield* checkConfirmation(plan, present)
    const operations = yield* decideWithin(plan, present)
    const applied = (outcome: BatchOutcome): PlanOutcome => ({ operations, outcome, present, confirmation: null })
    return yield* mapResult(applied, runBatch({ userId, operations, isAtomic: true, isDryRun: false }))
  })
  return yield* atomically(apply)
})

/** Says what the plan would lead to. The versions are read first, so the confirmation is not newer than the results. */
const showPlan = Effect.fnUntraced(function* <E>(plan: RunPlan<E>) {
  const { needsConfirmation, userId } = plan
  const { seal } = yield* PlanSeals
  const present = yield* readPresent(plan)
  const operations = yield* decideWithin(plan, present)
  const outcome = yield* runBatch({ userId, operations, isAtomic: true, isDryRun: true })
  const expiresAt = fromMillis(toMillis(yield* now) + Confirmation.confirmationMillis)
  const content = { expiresAtMillis: toMillis(expiresAt), versions: versionsOf(plan, present) }
  const text = Confirmation.encode(content, seal(Confirmation.sealedText(content, plan)))
  return {
    operations,
    outcome,
    present,
    confirmation: needsConfirmation ? { text, expiresAt } : null,
  } satisfies PlanOutcome
})

const readPresent = ({ taskIds, userId }: Pick<RunPlan, "taskIds" | "userId">) =>
  Effect.flatMap(ChangeRepository, ({ presentStates }) =>
    presentStates(userId, { tasks: taskIds, categories: [], created: [], limit: 1 }),
  )

const decideWithin = <E>({ decide }: RunPlan<E>, present: Present) =>
  Effect.filterOrFail(
    decide(present),
    (operations) => operations.length <= maxOperations,
    () => new PlanTooLarge({ limit: maxOperations }),
  )

const versionsOf = ({ taskIds }: Pick<RunPlan, "taskIds">, { tasks }: Present): Confirmation.PlannedVersions =>
  taskIds.map((id) => {
    const task = tasks.get(id)
    return task === undefined || task.isDeleted ? 0 : task.version
  })

const checkConfirmation = Effect.fnUntraced(function* (
  plan: Pick<RunPlan, "confirmation" | "request" | "taskIds" | "userId">,
  present: Present,
) {
  const { isSealOf } = yield* PlanSeals
  const given = Option.getOrNull(Confirmation.decode(plan.confirmation ?? ""))
  if (given === null || !isSealOf(given.seal, Confirmation.sealedText(given, plan))) {
    return yield* new PlanStale({ taskIds: [] })
  }
  const taskIds = Confirmation.movedTasks(plan.taskIds, given.versions, versionsOf(plan, present))
  if (taskIds.length > 0 || !Confirmation.isOpen(given, yield* now)) return yield* new PlanStale({ taskIds })
})
