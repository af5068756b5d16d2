/** Decides the part of an undo for which all categories count: which are used, and which names are free. */
import { CategoryName } from "../categories/Category.ts"
import type { CategoryId } from "../categories/CategoryId.ts"
import type { EntityPlan, EntityTarget } from "./UndoEntity.ts"
import type { PresentStates, UndoObstacleOf } from "./UndoPlan.ts"

type CategoryPlan = EntityPlan<"category">
type CategoryTarget = EntityTarget<"category">

/** A part of a category's way to its target. */
export interface CategoryMove {
  readonly plan: CategoryPlan
  readonly from: CategoryTarget
  readonly to: CategoryTarget
}

export interface SettledCategories {
  /** The plans, with what is in their way. */
  readonly plans: ReadonlyArray<CategoryPlan>
  /** What to do, in an order in which no two living categories ever have the same name. */
  readonly moves: ReadonlyArray<CategoryMove>
  /** The categories that live afterwards. */
  readonly living: ReadonlySet<CategoryId>
}

/** Settles the categories of an undo, given the plans of its tasks. Of two plans for one name, the first gets it. */
export const settleCategories = (
  plans: ReadonlyArray<CategoryPlan>,
  tasks: ReadonlyArray<EntityPlan<"task">>,
  present: PresentStates,
): SettledCategories => settleNames(plans.map(keepIfUsed(tasks, present)), present)

/** Keeps a created category that a task still has after the undo. */
const keepIfUsed = (tasks: ReadonlyArray<EntityPlan<"task">>, { usedBy }: PresentStates) => {
  const planned = new Set(tasks.map(({ present }) => present.id))
  const used = new Set(tasks.flatMap(({ target }) => (target.isDeleted ? [] : target.values.categoryIds)))
  return (plan: CategoryPlan): CategoryPlan => {
    const { present, target } = plan
    if (!plan.isCreated || present.isDeleted || !target.isDeleted) return plan
    const isUsed = used.has(present.id) || (usedBy.get(present.id) ?? []).some((taskId) => !planned.has(taskId))
    return isUsed ? withObstacle(plan, present, "in_use", []) : plan
  }
}

const withObstacle = (
  plan: CategoryPlan,
  target: CategoryTarget,
  reason: UndoObstacleOf<"category">["reason"],
  fields: UndoObstacleOf<"category">["fields"],
): CategoryPlan => {
  const { id: entityId, version: currentVersion } = plan.present
  const { changeId, obstacles } = plan
  const found = {
    changeId,
    entity: "category",
    entityId,
    reason,
    fields,
    categoryIds: [],
    currentVersion,
    by: null,
  } as const
  return { ...plan, target, obstacles: [...obstacles, found] }
}

/** A plan that waits for names, and the state from which it goes on. */
interface Pending {
  readonly plan: CategoryPlan
  readonly from: CategoryTarget
}

/** Carries out each plan as soon as its names are free. If its name stays taken, it keeps the present one. */
const settleNames = (plans: ReadonlyArray<CategoryPlan>, { categories }: PresentStates): SettledCategories => {
  const holders = new Map<CategoryName, CategoryId>()
  for (const { id, isDeleted, values } of categories.values()) if (!isDeleted) holders.set(values.name, id)
  const settled: Array<CategoryPlan> = []
  const moves: Array<CategoryMove> = []
  const move = ({ from, plan }: Pending, to: CategoryTarget): void => {
    moves.push({ plan, from, to })
    if (!from.isDeleted) holders.delete(from.values.name)
    if (!to.isDeleted) holders.set(to.values.name, plan.present.id)
  }

  let pending = withoutRivals(plans.map((plan) => ({ plan, from: plan.present })))
  // Each round carries out a plan, lets one keep its name, or gives one a temporary name. A plan gets each at most once.
  while (pending.length > 0) {
    const waiting: Array<Pending> = []
    for (const next of pending) {
      const name = nameToTake(next)
      if (name !== null && holders.has(name)) waiting.push(next)
      else {
        move(next, next.plan.target)
        settled.push(next.plan)
      }
    }
    pending = waiting.length < pending.length ? waiting : unblock(waiting, holders, move)
  }
  return { plans: settled, moves, living: new Set(holders.values()) }
}

/** Returns the name that a category takes, if that is not the one that it has. Only living categories have one. */
const nameToTake = ({ from, plan: { target } }: Pending): CategoryName | null =>
  target.isDeleted || (!from.isDeleted && from.values.name === target.values.name) ? null : target.values.name

/** Lets a plan keep its name if an earlier plan wants the same one. */
const withoutRivals = (pending: ReadonlyArray<Pending>): ReadonlyArray<Pending> => {
  const wanted = new Set<CategoryName>()
  return pending.map((next) => {
    const name = nameToTake(next)
    if (name === null) return next
    if (wanted.has(name)) return keepName(next)
    wanted.add(name)
    return next
  })
}

/** Leaves a living category its present name, and a deleted one deleted. */
const keepName = ({ from, plan }: Pending): Pending => {
  const { target } = plan
  const { name } = from.values
  return {
    from,
    plan: from.isDeleted
      ? withObstacle(plan, { ...target, isDeleted: true }, "name_taken", [])
      : withObstacle(plan, { ...target, values: { ...target.values, name } }, "name_taken", ["name"]),
  }
}

/**
 * Lets plans go on that all wait for a name. Those that wait for a category outside of them keep their names. If they
 * only wait for each other, their names form a cycle, and one of it takes a temporary name.
 */
const unblock = (
  waiting: ReadonlyArray<Pending>,
  holders: ReadonlyMap<CategoryName, CategoryId>,
  move: (pending: Pending, to: CategoryTarget) => void,
): ReadonlyArray<Pending> => {
  const ids = new Set(waiting.map(({ plan }) => plan.present.id))
  const holderOf = (next: Pending): CategoryId | undefined => {
    const name = nameToTake(next)
    return name === null ? undefined : holders.get(name)
  }
  const isBlocked = (next: Pending): boolean => {
    const holder = holderOf(next)
    return holder !== undefined && !ids.has(holder)
  }
  if (waiting.some(isBlocked)) return waiting.map((next) => (isBlocked(next) ? keepName(next) : next))

  const awaited = new Set(waiting.map(holderOf))
  const index = waiting.findIndex(({ plan }) => awaited.has(plan.present.id))
  return waiting.map((next, position) => {
    if (position !== index) return next
    const { from, plan } = next
    const to = { ...from, values: { ...from.values, name: temporaryName(plan.present.id) } }
    move(next, to)
    return { plan, from: to }
  })
}

/** The id is a valid name that no other category has. */
const temporaryName = (id: CategoryId): CategoryName => CategoryName.make(id)
