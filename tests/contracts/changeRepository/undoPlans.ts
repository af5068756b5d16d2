/** The tests that whole batches are taken back and put forward again, by the plans that the domain makes. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import {
  CategoryName,
  change as changeCategory,
  restore as restoreCategory,
} from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { undo } from "../../../domain/changes/Undo.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { at, keepCategory, keepTask, keepUser, makeCategory, makeTask } from "../../support/entities.ts"
import { changed } from "../taskRepository/fixtures.ts"
import { historyOf, makeMutation, seq, within } from "./fixtures.ts"

const limit = 1_000

/** Takes back a target in one unit of work, as the use case of undo does. Returns the number of steps. */
const takeBack = Effect.fnUntraced(function* (userId: UserId, target: UndoTarget) {
  const { atomically } = yield* UnitOfWork
  const changes = yield* ChangeRepository
  return yield* atomically(
    Effect.gen(function* () {
      yield* changes.lock(userId)
      const selected = yield* changes.readTarget(userId, target, limit)
      const tasks = selected.flatMap((change) => (change.entity === "task" ? [change.entityId] : []))
      const categories = selected.flatMap((change) => (change.entity === "category" ? [change.entityId] : []))
      const history = yield* changes.readFrom(userId, [...tasks, ...categories], selected[0]?.seq ?? seq(0), limit)
      const assigned = history.flatMap((change) =>
        change.entity === "task" ? [...(change.before?.categoryIds ?? []), ...(change.after?.categoryIds ?? [])] : [],
      )
      const created = selected.flatMap((change) =>
        change.entity === "category" && change.op === "created" ? [change.entityId] : [],
      )
      const present = yield* changes.presentStates(userId, {
        tasks,
        categories: [...categories, ...assigned],
        created,
        limit,
      })
      const plan = yield* Effect.fromResult(undo({ target, history, present, isPartial: false }))
      yield* changes.carryOut(userId, plan.steps, at(1_000))
      return plan.steps.length
    }),
  )
})

/** Reads the values of these things, and whether they are deleted: everything but versions and times. */
const dump = Effect.fnUntraced(function* (
  userId: UserId,
  tasks: ReadonlyArray<TaskId>,
  categories: ReadonlyArray<CategoryId>,
) {
  const changes = yield* ChangeRepository
  const present = yield* changes.presentStates(userId, { tasks, categories, created: [], limit })
  const states = [...present.tasks.values(), ...present.categories.values()]
  return new Map(states.map(({ id, isDeleted, values }) => [id, isDeleted ? "deleted" : values]))
})

export const undoPlans = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("takes back a batch of every kind of write, and takes back the undo", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const named = (name: string) => keepCategory(userId, { name: CategoryName.make(name) })
      const [home, work, old] = [yield* named("Home"), yield* named("Work"), yield* named("Old")]
      const [edited, deleted, restored] = [
        yield* keepTask(userId, { categories: [home, old] }),
        yield* keepTask(userId, { categories: [old] }),
        yield* keepTask(userId),
      ]
      const inTrash = yield* tasks.delete(userId, restored.id, at(1))
      const created = makeCategory(userId, { name: CategoryName.make("Created") })
      const newTask = makeTask(userId, { categories: [created, work] })
      const taskIds = [edited, deleted, restored, newTask].map(({ id }) => id)
      const categoryIds = [home, work, old, created].map(({ id }) => id)

      const before = yield* dump(userId, taskIds, categoryIds)
      const batch = makeMutation()
      yield* within(batch)(
        Effect.gen(function* () {
          yield* categories.insert(created)
          yield* tasks.insert(newTask)
          const first = changed(edited, { title: TaskTitle.make("Edited once"), categories: [old, work] })
          yield* tasks.update(edited, first)
          yield* tasks.update(first, changed(first, { title: TaskTitle.make("Edited twice"), priority: "high" }))
          yield* tasks.delete(userId, deleted.id, at(2))
          yield* tasks.restore(inTrash, restore(inTrash, at(3)))
          yield* categories.delete(userId, old.id, at(4))
          // The name of one category goes to another.
          const renamed = changeCategory(home, { name: CategoryName.make("Former home") }, at(5))
          yield* categories.update(home, renamed)
          yield* categories.update(work, changeCategory(work, { name: home.name }, at(6)))
        }),
      )
      const after = yield* dump(userId, taskIds, categoryIds)
      expect(after).not.toStrictEqual(before)
      if (batch.batchId === null) return

      const undoing = makeMutation()
      const target = UndoTarget.Batch({ batchId: batch.batchId })
      expect(yield* within(undoing)(takeBack(userId, target))).toBeGreaterThan(7)
      const undone = yield* dump(userId, taskIds, categoryIds)
      // What the batch created is in the trash now.
      const gone = new Map([newTask, created].map(({ id }) => [id, "deleted"] as const))
      expect(undone).toStrictEqual(new Map([...before, ...gone]))
      expect(yield* within(makeMutation())(takeBack(userId, target))).toBe(0)

      if (undoing.batchId === null) return
      yield* within(makeMutation())(takeBack(userId, UndoTarget.Batch({ batchId: undoing.batchId })))
      expect(yield* dump(userId, taskIds, categoryIds)).toStrictEqual(after)
      const history = yield* historyOf(userId)
      expect(history.map(({ seq }) => Number(seq))).toStrictEqual(history.map((_, index) => index + 1))
    }),
  )

  it.effect("takes back one change, and keeps what others have changed since", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const first = changed(task, { title: TaskTitle.make("By mistake"), priority: "high" })
      yield* tasks.update(task, first)
      const second = changed(first, { status: "completed" })
      yield* tasks.update(first, second)
      const change = (yield* historyOf(userId))[1]
      if (change === undefined) return
      expect(yield* takeBack(userId, UndoTarget.OneChange({ changeId: change.id }))).toBe(1)
      expect(yield* tasks.get(userId, task.id)).toMatchObject({
        title: task.title,
        priority: task.priority,
        status: "completed",
        version: 4,
      })
    }),
  )

  it.effect("restores a category with its assignments", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const task = yield* keepTask(userId, { categories: [category] })
      const deleting = makeMutation()
      const deleted = yield* within(deleting)(categories.delete(userId, category.id, at(1)))
      if (deleting.batchId === null) return
      yield* takeBack(userId, UndoTarget.Batch({ batchId: deleting.batchId }))
      const restored = restoreCategory(deleted, at(1_000))
      expect(yield* tasks.get(userId, task.id)).toStrictEqual({ ...task, categories: [restored] })
    }),
  )

  it.effect("takes back nothing of a plan if a later step fails", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const later = changed(task, { priority: "high" })
      yield* tasks.update(task, later)
      const change = (yield* historyOf(userId))[1]
      if (change === undefined) return
      const target = UndoTarget.OneChange({ changeId: change.id })
      const before = yield* changes.ends(userId)
      const failing = atomically(Effect.andThen(takeBack(userId, target), Effect.fail("refused")))
      expect(yield* Effect.flip(failing)).toBe("refused")
      expect(yield* tasks.get(userId, task.id)).toStrictEqual(later)
      expect(yield* changes.ends(userId)).toStrictEqual(before)
    }),
  )
}
