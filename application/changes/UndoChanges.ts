/** The use case that takes back changes. */
import { Effect, Schema } from "effect"
import { SessionRequired } from "../../domain/accounts/ApiTokenErrors.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { type Actor, ActorReference } from "../../domain/changes/Actor.ts"
import { BatchId } from "../../domain/changes/BatchId.ts"
import type { Change } from "../../domain/changes/Change.ts"
import { ChangeNotFound } from "../../domain/changes/ChangeErrors.ts"
import { ChangeId } from "../../domain/changes/ChangeId.ts"
import * as Undo from "../../domain/changes/Undo.ts"
import { UndoExpired, UndoTooLarge } from "../../domain/changes/UndoErrors.ts"
import type { Undone, UndoObstacle, UndoPlan } from "../../domain/changes/UndoPlan.ts"
import { mayReachBehind, subjectsOf, versionsAfter } from "../../domain/changes/UndoSubjects.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Version } from "../../domain/shared/Version.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { ChangeRepository } from "./ChangeRepository.ts"
import { atomicallyWithResult, CurrentMutation } from "./Mutation.ts"

export const UndoChanges = Schema.Struct({
  userId: UserId,
  target: Schema.Union([
    Schema.TaggedStruct("OneChange", { changeId: ChangeId }),
    Schema.TaggedStruct("Batch", { batchId: BatchId }),
    Schema.TaggedStruct("SinceTime", { actor: ActorReference, since: Timestamp }),
  ]),
  /** Whether to take back the rest if a part is blocked. */
  isPartial: Schema.Boolean,
  /** Whether to return what would be done, and to write nothing. */
  isDryRun: Schema.Boolean,
})
export interface UndoChanges extends Schema.Schema.Type<typeof UndoChanges> {}

/** How many changes one undo takes back at most. */
export const maxUndoneChanges = 5_000
/** How many changes one undo looks at at most: all of the same tasks and categories since the first one. */
export const maxUndoHistory = 10_000

export interface UndoOutcome {
  /** The things that were changed, with their new versions. Empty if all of it was taken back before. */
  readonly undone: ReadonlyArray<Undone & { readonly version: Version }>
  readonly skipped: ReadonlyArray<UndoObstacle>
  /** The batch of the new changes. Null if nothing was written. */
  readonly batchId: BatchId | null
}

/**
 * Takes back the changes that the target names: by new changes in one batch, which can be taken back in turn. All other
 * writers of the user wait until it is done.
 *
 * Fails with `ChangeNotFound` if the target names no change, and with `UndoTooLarge` if it names too many. Unless the
 * undo is partial, it can be blocked. It fails with `UndoConflict` if another hand has worked on the same things since. It
 * fails with `NotUndoable` if a change is a purge, and with `UndoExpired` if old values or changes are no longer kept.
 * An API token takes back only changes that it made itself: otherwise it fails with `SessionRequired`.
 * Nothing is done then.
 */
export const undoChanges = useCase("undoChanges")(function* (command: UndoChanges) {
  const { isDryRun, userId } = command
  const changes = yield* ChangeRepository
  const ids = yield* IdGenerator
  const mutation = yield* CurrentMutation
  const batchId = mutation.batchId ?? (yield* ids.next(BatchId))
  if (command.target._tag === "SinceTime" && !mayTakeBack(mutation.actor, command.target.actor)) {
    return yield* new SessionRequired()
  }

  const unit = Effect.gen(function* () {
    yield* changes.lock(userId)
    const { plan, present } = yield* makePlan(command, mutation.actor)
    const isWritten = !isDryRun && plan.steps.length > 0
    if (isWritten) yield* changes.carryOut(userId, plan.steps, yield* now)
    const versions = versionsAfter(plan, present)
    return {
      undone: plan.undone.flatMap((undone) => {
        const version = versions.get(undone.entityId)
        return version === undefined ? [] : [{ ...undone, version }]
      }),
      skipped: plan.skipped,
      batchId: isWritten ? batchId : null,
    } satisfies UndoOutcome
  })
  return yield* Effect.provideService(atomicallyWithResult(userId, unit), CurrentMutation, { ...mutation, batchId })
})

/** Reads all that the plan depends on, and makes it. The user's history MUST be locked. */
const makePlan = Effect.fnUntraced(function* ({ isPartial, target, userId }: UndoChanges, by: Actor) {
  const changes = yield* ChangeRepository
  const isSelected = Undo.selects(target)
  const selected = yield* changes.readTarget(userId, target, maxUndoneChanges + 1)
  const [first] = selected
  const isCut = (target._tag !== "OneChange" || first === undefined) && (yield* isCutOff({ target, userId }))
  if (first === undefined) return yield* isCut ? new UndoExpired({ blocked: [] }) : new ChangeNotFound()
  if (!selected.every(({ actor }) => mayTakeBack(by, actor))) return yield* new SessionRequired()
  if (isCut && !isPartial) return yield* new UndoExpired({ blocked: [] })
  if (selected.length > maxUndoneChanges) return yield* new UndoTooLarge({ limit: maxUndoneChanges, of: "target" })

  const named = [...new Set(selected.map(({ entityId }) => entityId))]
  const history = yield* changes.readFrom(userId, named, first.seq, maxUndoHistory + 1)
  if (history.length > maxUndoHistory) return yield* new UndoTooLarge({ limit: maxUndoHistory, of: "history" })
  const subjects = subjectsOf(history, isSelected)
  const present = yield* changes.presentStates(userId, { ...subjects, limit: subjects.tasks.length + 1 })
  const plan: UndoPlan = yield* Effect.fromResult(Undo.undo({ target, history, present, isPartial }))
  return { plan, present }
})

/** Whether the one may take back changes that the other made. */
const mayTakeBack = (by: Actor, of: Actor | ActorReference): boolean =>
  by.kind !== "token" || (by.kind === of.kind && by.id === of.id)

/** Whether changes that the target may name were removed, because they were too old. */
const isCutOff = Effect.fnUntraced(function* ({ target, userId }: Pick<UndoChanges, "target" | "userId">) {
  const { readAfter } = yield* ChangeRepository
  const { bounds, changes } = yield* readAfter(userId, null, ["task", "category"], 1)
  const oldest: Change | undefined = changes[0]
  return bounds.floor > 0 && (oldest === undefined || mayReachBehind(target, oldest))
})
