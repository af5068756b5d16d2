/** A small model of a user's tasks and categories with their history, which carries out writes and plans of undo. */
import { Option, Result } from "effect"
import * as fc from "fast-check"
import { CategoryColor, CategoryName } from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Actor } from "../../domain/changes/Actor.ts"
import { BatchId } from "../../domain/changes/BatchId.ts"
import { type Change, changeOf, SequenceNumber } from "../../domain/changes/Change.ts"
import { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { CategoryValues, EntityState, TaskValues } from "../../domain/changes/EntityState.ts"
import { selects, undo } from "../../domain/changes/Undo.ts"
import type { PresentStates, UndoPlan, UndoStep, UndoTarget } from "../../domain/changes/UndoPlan.ts"
import { nextVersion, Version } from "../../domain/shared/Version.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { at } from "./entities.ts"
import { taskPatch, taskValues } from "./taskValues.ts"

export interface World {
  readonly tasks: ReadonlyMap<TaskId, EntityState<"task">>
  readonly categories: ReadonlyMap<CategoryId, EntityState<"category">>
  readonly log: ReadonlyArray<Change>
}

export const emptyWorld: World = { tasks: new Map(), categories: new Map(), log: [] }

/** A UUID made of a kind and a number, in the order of the numbers. */
const uuid = (kind: number, number: number): string =>
  `0199e0a1-${String(kind).padStart(4, "0")}-7000-8000-${String(number).padStart(12, "0")}`
export const batch = (number: number): BatchId => BatchId.make(uuid(1, number))

/** In which batch, by which actor, and to take back what. */
export interface Origin {
  readonly actor: Actor
  readonly batchId: BatchId
}

type TaskState = EntityState<"task">
type CategoryState = EntityState<"category">

const record = (
  world: World,
  body: Option.Option<Pick<Change, "op" | "version" | "before" | "after" | "entity" | "entityId">>,
  { actor, batchId }: Origin,
  undoes: ChangeId | null,
): World["log"] => {
  if (Option.isNone(body)) return world.log
  const seq = world.log.length + 1
  const change = {
    ...body.value,
    seq: SequenceNumber.make(seq),
    id: ChangeId.make(uuid(2, seq)),
    at: at(seq),
    actor,
    requestId: null,
    batchId,
    undoes,
  }
  // The entity of the body belongs to its values.
  return [...world.log, change as Change]
}

const writeTask = (world: World, after: TaskState, origin: Origin, undoes: ChangeId | null = null): World => ({
  ...world,
  tasks: new Map([...world.tasks, [after.id, after]]),
  log: record(world, changeOf(world.tasks.get(after.id) ?? null, after), origin, undoes),
})

const writeCategory = (world: World, after: CategoryState, origin: Origin, undoes: ChangeId | null = null): World => ({
  ...world,
  categories: new Map([...world.categories, [after.id, after]]),
  log: record(world, changeOf(world.categories.get(after.id) ?? null, after), origin, undoes),
})

/** Destroys the task for good: its row goes, and the values of its changes. */
export const purgeTask = (world: World, id: TaskId, origin: Origin): World => {
  const tasks = new Map(world.tasks)
  tasks.delete(id)
  const blanked = world.log.map((change) =>
    change.entityId === id ? { ...change, before: null, after: null } : change,
  )
  return {
    ...world,
    tasks,
    log: record({ ...world, log: blanked }, changeOf(world.tasks.get(id) ?? null, null), origin, null),
  }
}

const updated = <S extends TaskState | CategoryState>(state: S, patch: Partial<S["values"]>): S => ({
  ...state,
  values: { ...state.values, ...patch },
  version: nextVersion(state.version),
})

const isNameTaken = (world: World, name: CategoryName, id: CategoryId | null): boolean =>
  [...world.categories.values()].some((other) => !other.isDeleted && other.id !== id && other.values.name === name)

/** One write of a user. It changes nothing if the rules refuse it. Numbers name the nth task or category. */
export type Operation =
  | { readonly do: "createTask"; readonly values: TaskValues; readonly categories: ReadonlyArray<number> }
  | { readonly do: "updateTask"; readonly task: number; readonly patch: Partial<TaskValues> }
  | { readonly do: "toggleCategory"; readonly task: number; readonly category: number }
  | { readonly do: "deleteTask" | "restoreTask"; readonly task: number }
  | { readonly do: "createCategory"; readonly values: CategoryValues }
  | { readonly do: "updateCategory"; readonly category: number; readonly patch: Partial<CategoryValues> }
  | { readonly do: "deleteCategory" | "restoreCategory"; readonly category: number }

const nth = <A>(map: ReadonlyMap<unknown, A>, number: number): A | undefined => [...map.values()][number % map.size]

/** Carries out the operation as the service would. */
export const perform = (world: World, operation: Operation, origin: Origin): World => {
  const task = "task" in operation ? nth(world.tasks, operation.task) : undefined
  const category = "category" in operation ? nth(world.categories, operation.category) : undefined
  const version = Version.make(1)
  switch (operation.do) {
    case "createTask": {
      const id = TaskId.make(uuid(3, world.tasks.size))
      const categoryIds = operation.categories.flatMap((number) => {
        const found = nth(world.categories, number)
        return found === undefined || found.isDeleted ? [] : [found.id]
      })
      const values = { ...operation.values, categoryIds: [...new Set(categoryIds)].sort() }
      return writeTask(world, { entity: "task", id, values, version, isDeleted: false }, origin)
    }
    case "updateTask": {
      if (task === undefined || task.isDeleted) return world
      const { categoryIds: _, ...patch } = operation.patch
      return writeTask(world, updated(task, patch), origin)
    }
    case "toggleCategory": {
      if (task === undefined || category === undefined || task.isDeleted || category.isDeleted) return world
      const { categoryIds } = task.values
      const others = categoryIds.filter((id) => id !== category.id)
      const toggled = others.length < categoryIds.length ? others : [...categoryIds, category.id].sort()
      return writeTask(world, updated(task, { categoryIds: toggled }), origin)
    }
    case "deleteTask":
      return task === undefined || task.isDeleted ? world : writeTask(world, { ...task, isDeleted: true }, origin)
    case "restoreTask":
      return task?.isDeleted !== true ? world : writeTask(world, { ...updated(task, {}), isDeleted: false }, origin)
    case "createCategory": {
      if (isNameTaken(world, operation.values.name, null)) return world
      const id = CategoryId.make(uuid(4, world.categories.size))
      return writeCategory(
        world,
        { entity: "category", id, values: operation.values, version, isDeleted: false },
        origin,
      )
    }
    case "updateCategory": {
      if (category === undefined || category.isDeleted) return world
      const after = updated(category, operation.patch)
      return isNameTaken(world, after.values.name, category.id) ? world : writeCategory(world, after, origin)
    }
    case "deleteCategory":
      return category === undefined || category.isDeleted
        ? world
        : writeCategory(world, { ...category, isDeleted: true }, origin)
    case "restoreCategory":
      return category?.isDeleted !== true || isNameTaken(world, category.values.name, category.id)
        ? world
        : writeCategory(world, { ...updated(category, {}), isDeleted: false }, origin)
  }
}

export const performAll = (world: World, operations: ReadonlyArray<Operation>, origin: Origin): World =>
  operations.reduce((before, operation) => perform(before, operation, origin), world)

const someNames = ["Home", "Work", "Garden", "Travel"].map((name) => CategoryName.make(name))
const categoryName = fc.constantFrom(...someNames)
const color = fc.constantFrom(null, CategoryColor.make("#000000"), CategoryColor.make("#FFFFFF"))
const number = fc.nat({ max: 7 })

/** A random operation on one of few things, so that operations meet. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    do: fc.constant("createTask" as const),
    values: taskValues,
    categories: fc.array(number, { maxLength: 3 }),
  }),
  fc.record({ do: fc.constant("updateTask" as const), task: number, patch: taskPatch }),
  fc.record({ do: fc.constant("updateTask" as const), task: number, patch: taskPatch }),
  fc.record({ do: fc.constant("toggleCategory" as const), task: number, category: number }),
  fc.record({ do: fc.constantFrom("deleteTask" as const, "restoreTask" as const), task: number }),
  fc.record({
    do: fc.constant("createCategory" as const),
    values: fc.record({ name: categoryName, color }, { noNullPrototype: true }),
  }),
  fc.record({
    do: fc.constant("updateCategory" as const),
    category: number,
    patch: fc.record({ name: categoryName, color }, { requiredKeys: [], noNullPrototype: true }),
  }),
  fc.record({ do: fc.constantFrom("deleteCategory" as const, "restoreCategory" as const), category: number }),
)

/** What a store reads for an undo. */
const presentOf = (world: World, history: ReadonlyArray<Change>): PresentStates => {
  const created = history.flatMap((change) =>
    change.entity === "category" && change.op === "created" ? [change.entityId] : [],
  )
  const users = (id: CategoryId) =>
    [...world.tasks.values()].filter((task) => !task.isDeleted && task.values.categoryIds.includes(id))
  return {
    tasks: world.tasks,
    categories: world.categories,
    usedBy: new Map(created.map((id) => [id, users(id).map((task) => task.id)])),
  }
}

/** Plans an undo on the world. */
export const planUndo = (world: World, target: UndoTarget, isPartial = false): ReturnType<typeof undo> => {
  const selected = world.log.filter(selects(target))
  const first = new Map(selected.toReversed().map(({ entityId, seq }) => [entityId, seq]))
  const history = world.log.filter(({ entityId, seq }) => seq >= (first.get(entityId) ?? Number.POSITIVE_INFINITY))
  return undo({ target, history, isPartial, present: presentOf(world, history) })
}

/** Carries out the steps of a plan, each as a store would. Throws if a store would refuse one. */
export const carryOut = (world: World, { steps }: UndoPlan, origin: Origin): World =>
  steps.reduce((before, step) => carryOutStep(before, step, origin), world)

const carryOutStep = (world: World, step: UndoStep, origin: Origin): World => {
  const refuse = (why: string): never => {
    throw new Error(`${step.entity} ${step.entityId} cannot be ${step.op}: ${why}`)
  }
  if (step.entity === "task") {
    const task = world.tasks.get(step.entityId) ?? refuse("it does not exist")
    if (step.op !== "updated") {
      if (task.isDeleted !== (step.op === "restored")) refuse("it is in the wrong state")
      const version = step.op === "restored" ? nextVersion(task.version) : task.version
      return writeTask(world, { ...task, version, isDeleted: step.op === "deleted" }, origin, step.undoes)
    }
    const added = (step.patch.categoryIds ?? []).filter((id) => !task.values.categoryIds.includes(id))
    if (added.some((id) => !world.categories.has(id))) refuse("a category does not exist")
    return writeTask(world, updated(task, step.patch), origin, step.undoes)
  }
  const category = world.categories.get(step.entityId) ?? refuse("it does not exist")
  if (step.op !== "updated" && category.isDeleted !== (step.op === "restored")) refuse("it is in the wrong state")
  const version = step.op === "deleted" ? category.version : nextVersion(category.version)
  const values = step.op === "updated" ? { ...category.values, ...step.patch } : category.values
  const isDeleted = step.op === "updated" ? category.isDeleted : step.op === "deleted"
  if (!isDeleted && isNameTaken(world, values.name, category.id)) refuse("its name is taken")
  return writeCategory(world, { ...category, values, version, isDeleted }, origin, step.undoes)
}

/** Takes back the target in the world. Throws if that is refused. */
export const undoIn = (world: World, target: UndoTarget, origin: Origin, isPartial = false): World =>
  carryOut(world, Result.getOrThrow(planUndo(world, target, isPartial)), origin)

/** The values of all things, without versions. A thing that `before` does not have counts as absent in the trash. */
export const contentsOf = (world: World, before: World = world) => {
  const contents = <S extends TaskState | CategoryState>(
    states: ReadonlyMap<string, S>,
    known: ReadonlyMap<string, S>,
  ) =>
    [...states].flatMap(([id, { isDeleted, values }]) =>
      isDeleted && !known.has(id) ? [] : [{ id, isDeleted, values }],
    )
  return {
    tasks: contents(world.tasks, before.tasks),
    categories: contents(world.categories, before.categories),
  }
}
