/** What the tests of undo share: actors, operations on a small world, and undo in it. */
import { Result } from "effect"
import { CategoryName } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { type Actor, ActorName } from "../../../domain/changes/Actor.ts"
import type { TaskValues } from "../../../domain/changes/EntityState.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import {
  batch,
  emptyWorld,
  type Operation,
  perform,
  performAll,
  planUndo,
  undoIn,
  type World,
} from "../../support/changeModel.ts"
import { newSessionId } from "../../support/entities.ts"

export const user = { kind: "session", id: newSessionId(), name: null } satisfies Actor
export const other = {
  kind: "token",
  id: "0199e0a1-0000-7000-8000-000000000001",
  name: ActorName.make("claude"),
} satisfies Actor
export const buy = TaskTitle.make("Buy milk")
export const water = TaskTitle.make("Water the plants")
export const call = TaskTitle.make("Call Ada")
export const home = CategoryName.make("Home")
export const work = CategoryName.make("Work")

export const values: TaskValues = {
  title: buy,
  description: null,
  status: "pending",
  priority: "medium",
  dueDate: null,
  categoryIds: [],
}
export const createTask: Operation = { do: "createTask", values, categories: [] }
export const createIn = (...categories: ReadonlyArray<number>): Operation => ({ do: "createTask", values, categories })
export const edit = (patch: Partial<TaskValues>, task = 0): Operation => ({ do: "updateTask", task, patch })
export const toggle = (category: number, task = 0): Operation => ({ do: "toggleCategory", task, category })
export const createCategory = (name: CategoryName): Operation => ({
  do: "createCategory",
  values: { name, color: null },
})
export const rename = (category: number, name: CategoryName): Operation => ({
  do: "updateCategory",
  category,
  patch: { name },
})
export const deleteTask: Operation = { do: "deleteTask", task: 0 }
export const restoreTask: Operation = { do: "restoreTask", task: 0 }
export const deleteCategory = (category: number): Operation => ({ do: "deleteCategory", category })

/** What was there before, in a batch of its own. */
export const given = (...operations: ReadonlyArray<Operation>): World => performAll(emptyWorld, operations, by(user, 0))
export const by = (actor: Actor, number: number) => ({ actor, batchId: batch(number) })
export const inBatch = (world: World, number: number, ...operations: ReadonlyArray<Operation>): World =>
  performAll(world, operations, by(user, number))
/** Another hand's writes, each in a batch of its own. */
export const byOther = (world: World, ...operations: ReadonlyArray<Operation>): World =>
  operations.reduce((before, operation) => perform(before, operation, by(other, 50 + before.log.length)), world)

export const target = (number: number): UndoTarget => UndoTarget.Batch({ batchId: batch(number) })
export const undo = (world: World, number = 1): World => undoIn(world, target(number), by(user, 100 + number))
export const partially = (world: World, number = 1): World =>
  undoIn(world, target(number), by(user, 100 + number), true)
export const refusal = (world: World, number = 1) => Result.getOrThrow(Result.flip(planUndo(world, target(number))))
export const skipped = (world: World, number = 1) => Result.getOrThrow(planUndo(world, target(number), true)).skipped
export const nothing = Result.succeed({ steps: [], undone: [], skipped: [] })

export const taskId = (world: World, index = 0): TaskId => {
  const id = [...world.tasks.keys()][index]
  if (id === undefined) throw new Error("There is no such task.")
  return id
}
export const task = (world: World, index = 0) => world.tasks.get(taskId(world, index))
export const categoryId = (world: World, index = 0): CategoryId => {
  const id = [...world.categories.keys()][index]
  if (id === undefined) throw new Error("There is no such category.")
  return id
}
export const category = (world: World, index = 0) => world.categories.get(categoryId(world, index))
