/** Undo: the one function that takes back changes, as a plan of new writes that can be taken back in turn. */
import { Result } from "effect"
import type { CategoryId } from "../categories/CategoryId.ts"
import { isSameActor } from "./Actor.ts"
import type { Change, ChangeOf } from "./Change.ts"
import { differenceOf, type Entity, type EntityId, type EntityState, type Values } from "./EntityState.ts"
import { settleCategories } from "./UndoCategories.ts"
import { type EntityHistory, type EntityPlan, type EntityTarget, planEntity } from "./UndoEntity.ts"
import { NotUndoable, UndoConflict, UndoExpired } from "./UndoErrors.ts"
import type {
  PresentStates,
  UndoneOf,
  UndoObstacle,
  UndoObstacleOf,
  UndoPlan,
  UndoRequest,
  UndoStepOf,
  UndoTarget,
} from "./UndoPlan.ts"

/** Returns whether the target names a change. */
export const selects =
  (target: UndoTarget) =>
  ({ actor, at, batchId, id }: Pick<Change, "id" | "batchId" | "actor" | "at">): boolean => {
    switch (target._tag) {
      case "OneChange":
        return id === target.changeId
      case "Batch":
        return batchId === target.batchId
      case "SinceTime":
        return at >= target.since && isSameActor(target.actor, actor)
    }
  }

/**
 * Plans the undo of changes. All changes of one thing count as one: from its first state to its last. A value is put
 * back if the present one is still the one that the changes left, so the work of another hand stays. Nothing is to do
 * for what was taken back before.
 *
 * If a part is blocked, this fails with `UndoConflict`, or leaves out that part if the request is partial. It fails with
 * `NotUndoable` if a change is a purge, and with `UndoExpired` if the old values are gone; a partial one leaves out
 * these, too. The caller MUST bound the history: this takes 0.05 ms or so for each change.
 */
export const undo = ({
  history,
  isPartial,
  present,
  target,
}: UndoRequest): Result.Result<UndoPlan, UndoConflict | NotUndoable | UndoExpired> => {
  const isSelected = selects(target)
  const taskPlans = planAll("task", history.filter(isOfTask), isSelected, present.tasks)
  const categoryPlans = planAll("category", history.filter(isOfCategory), isSelected, present.categories)

  const categories = settleCategories(categoryPlans.plans, taskPlans.plans, present)
  const tasks = taskPlans.plans.map(nameDeletedCategories(present.categories, categories.living))

  const skipped: ReadonlyArray<UndoObstacle> = [
    ...categoryPlans.expired,
    ...taskPlans.expired,
    ...categories.plans.flatMap(({ obstacles }) => obstacles),
    ...tasks.flatMap(({ obstacles }) => obstacles),
  ]
  const refusal = isPartial ? null : refusalOf(skipped)
  if (refusal !== null) return Result.fail(refusal)

  const steps = [
    ...categories.moves.flatMap(({ from, plan, to }) => stepsBetween(plan, from, to)),
    ...byOperation(tasks.flatMap((plan) => stepsBetween(plan, plan.present, plan.target))),
  ]
  const changed = new Set<string>(steps.map(({ entityId }) => entityId))
  const undone = [...categories.plans.map(undoneOf), ...tasks.map(undoneOf)].filter(({ entityId }) =>
    changed.has(entityId),
  )
  return Result.succeed({ steps, undone, skipped })
}

const isOfTask = (change: Change): change is Extract<Change, { readonly entity: "task" }> => change.entity === "task"
const isOfCategory = (change: Change): change is Extract<Change, { readonly entity: "category" }> =>
  change.entity === "category"

/** Plans each thing that a selected change names. The thing of the newest selected change comes first. */
const planAll = <E extends Entity>(
  entity: E,
  changes: ReadonlyArray<ChangeOf<E>>,
  isSelected: (change: ChangeOf<E>) => boolean,
  present: ReadonlyMap<EntityId<E>, EntityState<E>>,
): { readonly plans: ReadonlyArray<EntityPlan<E>>; readonly expired: ReadonlyArray<UndoObstacleOf<E>> } => {
  const plans: Array<EntityPlan<E>> = []
  const expired: Array<UndoObstacleOf<E>> = []
  for (const history of historiesOf(entity, changes, isSelected)) {
    const planned = planEntity(history, present.get(history.entityId))
    if (Result.isSuccess(planned)) plans.push(planned.success)
    else expired.push(planned.failure)
  }
  return { plans, expired }
}

const historiesOf = <E extends Entity>(
  entity: E,
  changes: ReadonlyArray<ChangeOf<E>>,
  isSelected: (change: ChangeOf<E>) => boolean,
): ReadonlyArray<EntityHistory<E>> => {
  const found = new Map<
    EntityId<E>,
    { readonly first: ChangeOf<E>; last: ChangeOf<E>; readonly all: Array<ChangeOf<E>> }
  >()
  for (const change of changes) {
    const known = found.get(change.entityId)
    if (known === undefined) {
      if (isSelected(change)) found.set(change.entityId, { first: change, last: change, all: [change] })
      continue
    }
    known.all.push(change)
    if (isSelected(change)) known.last = change
  }
  return [...found]
    .sort(([, one], [, other]) => other.last.seq - one.last.seq)
    .map(([entityId, { all, first }]) => ({ entity, entityId, first, changes: all, isSelected }))
}

/**
 * Names the categories that a task gets back although they are deleted meanwhile: they show only when they are restored.
 * One that was purged is left out.
 */
const nameDeletedCategories =
  (categories: PresentStates["categories"], living: ReadonlySet<CategoryId>) =>
  (plan: EntityPlan<"task">): EntityPlan<"task"> => {
    const { changeId, obstacles, present, target } = plan
    const had = new Set(present.values.categoryIds)
    const categoryIds = target.values.categoryIds.filter(
      (id) => !had.has(id) && !living.has(id) && categories.get(id)?.isDeleted !== false,
    )
    if (categoryIds.length === 0) return plan
    const kept = target.values.categoryIds.filter((id) => had.has(id) || categories.has(id))
    const { id: entityId, version: currentVersion } = present
    const gone = { reason: "category_gone", fields: ["categoryIds"], categoryIds, by: null } as const
    return {
      ...plan,
      target: { ...target, values: { ...target.values, categoryIds: kept } },
      obstacles: [...obstacles, { changeId, entity: "task", entityId, currentVersion, ...gone }],
    }
  }

const refusalOf = (skipped: ReadonlyArray<UndoObstacle>): UndoConflict | NotUndoable | UndoExpired | null => {
  const purged = skipped.filter(({ reason }) => reason === "purged")
  if (purged.length > 0) return new NotUndoable({ blocked: purged })
  const expired = skipped.filter(({ reason }) => reason === "expired")
  if (expired.length > 0) return new UndoExpired({ blocked: expired })
  const blocked = skipped.filter(({ reason }) => reason !== "category_gone")
  return blocked.length > 0 ? new UndoConflict({ blocked }) : null
}

/** Returns the writes from one state to another. Fields are set in the trash, where no name is taken. */
const stepsBetween = <E extends Entity>(
  { changeId: undoes, present: { entity, id: entityId } }: EntityPlan<E>,
  from: EntityTarget<E>,
  to: EntityTarget<E>,
): ReadonlyArray<UndoStepOf<E>> => {
  const { after: patch, fields } = differenceOf<Values<E>>(from.values, to.values)
  const subject = { entity, entityId, undoes }
  return [
    ...(!from.isDeleted && to.isDeleted ? [{ ...subject, op: "deleted" } as const] : []),
    ...(fields.length > 0 ? [{ ...subject, op: "updated", patch } as const] : []),
    ...(from.isDeleted && !to.isDeleted ? [{ ...subject, op: "restored" } as const] : []),
  ]
}

/** Steps of different tasks can be in any order. Those of one operation come together, so that a store can join them. */
const byOperation = (steps: ReadonlyArray<UndoStepOf<"task">>): ReadonlyArray<UndoStepOf<"task">> =>
  (["deleted", "updated", "restored"] as const).flatMap((operation) => steps.filter(({ op }) => op === operation))

const undoneOf = <E extends Entity>({ changeId, present: { entity, id: entityId } }: EntityPlan<E>): UndoneOf<E> => ({
  changeId,
  entity,
  entityId,
})
