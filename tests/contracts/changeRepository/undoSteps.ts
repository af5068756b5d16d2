/** The tests of how the steps of an undo are carried out. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryColor, CategoryName, change as changeCategory } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import type { UndoStep } from "../../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { Version } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser, newCategoryId, newChangeId } from "../../support/entities.ts"
import { full } from "../taskRepository/fixtures.ts"
import { historyOf, idsOf, makeMutation, newestOf, originOf, within } from "./fixtures.ts"

/** Carries out the steps in a unit of their own. */
const carryOutAll = Effect.fnUntraced(function* (userId: UserId, steps: ReadonlyArray<UndoStep>, time: Timestamp) {
  const { atomically } = yield* UnitOfWork
  const changes = yield* ChangeRepository
  return yield* atomically(Effect.andThen(changes.lock(userId), changes.carryOut(userId, steps, time)))
})

/** Carries out one step in a unit of its own. */
const carryOut = (userId: UserId, step: UndoStep, time: Timestamp) =>
  Effect.map(carryOutAll(userId, [step], time), ([version]) => version)

export const undoSteps = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("puts back fields of a task as a new version, and records what it takes back", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId, full)
      // The due date lies in the past: rules for new input do not hold.
      const patch = { title: TaskTitle.make("Put back"), dueDate: at(-1_000), status: "pending" } as const
      const step = { entity: "task", entityId: task.id, undoes: newChangeId(), op: "updated", patch } as const
      const mutation = makeMutation({ undoes: newChangeId() })
      expect(yield* within(mutation)(carryOut(userId, step, at(90)))).toBe(2)
      expect(yield* tasks.get(userId, task.id)).toStrictEqual({ ...task, ...patch, version: 2, updatedAt: at(90) })
      const change = yield* newestOf(userId)
      expect(change).toStrictEqual({
        ...originOf(mutation),
        id: change.id,
        seq: 2,
        at: at(90),
        undoes: step.undoes,
        entity: "task",
        entityId: task.id,
        op: "updated",
        version: 2,
        before: { title: full.title, dueDate: full.dueDate, status: full.status },
        after: patch,
      })
    }),
  )

  it.effect("assigns categories, deleted ones too, and leaves out those that are gone", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const named = (name: string) => keepCategory(userId, { name: CategoryName.make(name) })
      const [kept, removed, hidden] = [yield* named("Kept"), yield* named("Removed"), yield* named("Hidden")]
      const task = yield* keepTask(userId, { categories: [kept, removed] })
      const deleted = yield* categories.delete(userId, hidden.id, at(1))
      const categoryIds = [hidden.id, kept.id, newCategoryId()].toSorted()
      const patch = { categoryIds, priority: "high" } as const
      const step = { entity: "task", entityId: task.id, undoes: newChangeId(), op: "updated", patch } as const
      yield* carryOut(userId, step, at(2))
      const { after, before, version } = yield* newestOf(userId)
      expect({ after, before, version }).toStrictEqual({
        before: { categoryIds: idsOf([kept, removed]), priority: "medium" },
        after: { categoryIds: idsOf([kept, hidden]), priority: "high" },
        version: 2,
      })
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([kept])
      const restored = { ...hidden, version: Version.make(2) }
      yield* categories.restore(deleted, restored)
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([restored, kept])
      // A step that names no categories leaves the assignments as they are.
      const title = { title: TaskTitle.make("Only the title") }
      yield* carryOut(userId, { ...step, patch: title }, at(3))
      expect((yield* newestOf(userId)).after).toStrictEqual(title)
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([restored, kept])
    }),
  )

  it.effect("moves a task to the trash, changes it there, and restores it", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const task = yield* keepTask(userId, { categories: [category] })
      const subject = { entity: "task", entityId: task.id, undoes: newChangeId() } as const
      expect(yield* carryOut(userId, { ...subject, op: "deleted" }, at(70))).toBe(1)
      expect(yield* tasks.getDeleted(userId, task.id)).toStrictEqual({ task, deletedAt: at(70) })
      const patch = { title: TaskTitle.make("In the trash") }
      expect(yield* carryOut(userId, { ...subject, op: "updated", patch }, at(71))).toBe(2)
      const later = { ...task, ...patch, version: 2, updatedAt: at(71) }
      expect(yield* tasks.getDeleted(userId, task.id)).toStrictEqual({ task: later, deletedAt: at(70) })
      expect(yield* carryOut(userId, { ...subject, op: "restored" }, at(72))).toBe(3)
      expect(yield* tasks.get(userId, task.id)).toStrictEqual({ ...later, version: 3, updatedAt: at(72) })
      const changes = (yield* historyOf(userId)).slice(2)
      expect(
        changes.map(({ after, at, before, op, undoes, version }) => ({ after, at, before, op, undoes, version })),
      ).toStrictEqual([
        { op: "deleted", version: 1, at: at(70), before: null, after: null, undoes: subject.undoes },
        { op: "updated", version: 2, at: at(71), before: { title: task.title }, after: patch, undoes: subject.undoes },
        { op: "restored", version: 3, at: at(72), before: null, after: null, undoes: subject.undoes },
      ])
    }),
  )

  it.effect("changes, deletes and restores a category, also under another's former name", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [one, other] = [
        yield* keepCategory(userId, { name: CategoryName.make("One") }),
        yield* keepCategory(userId, { name: CategoryName.make("Other") }),
      ]
      const task = yield* keepTask(userId, { categories: [one] })
      const subject = { entity: "category", entityId: one.id, undoes: newChangeId() } as const
      const rename = (name: string) => ({ name: CategoryName.make(name), color: CategoryColor.make("#A0b1C2") })
      const step = (fields: Pick<UndoStep & { readonly op: "deleted" | "restored" }, "op">) => ({
        ...subject,
        ...fields,
      })
      expect(yield* carryOut(userId, { ...subject, op: "updated", patch: rename("Third") }, at(1))).toBe(2)
      expect(yield* carryOut(userId, step({ op: "deleted" }), at(2))).toBe(2)
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([])
      // Its name is free now, and it takes the other's in the trash.
      const third = changeCategory(other, { name: CategoryName.make("Third") }, at(3))
      yield* categories.update(other, third)
      expect(yield* carryOut(userId, { ...subject, op: "updated", patch: rename("Other") }, at(4))).toBe(3)
      expect(yield* carryOut(userId, step({ op: "restored" }), at(5))).toBe(4)
      const restored = { ...one, ...rename("Other"), version: 4, updatedAt: at(5) }
      expect(yield* categories.list(userId)).toStrictEqual([restored, third])
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([restored])
      const changes = (yield* historyOf(userId)).filter(({ undoes }) => undoes === subject.undoes)
      expect(changes.map(({ after, before, op, version }) => ({ after, before, op, version }))).toStrictEqual([
        { op: "updated", version: 2, before: { name: "One", color: null }, after: rename("Third") },
        { op: "deleted", version: 2, before: null, after: null },
        { op: "updated", version: 3, before: { name: "Third" }, after: { name: "Other" } },
        { op: "restored", version: 4, before: null, after: null },
      ])
    }),
  )

  it.effect("dies if the thing is in another state than the plan says, and writes nothing", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const category = yield* keepCategory(userId)
      const other = yield* keepUser
      const undoes = newChangeId()
      const [ofTask, ofCategory] = [
        { entity: "task", entityId: task.id, undoes } as const,
        { entity: "category", entityId: category.id, undoes } as const,
      ]
      const steps: ReadonlyArray<readonly [UserId, UndoStep]> = [
        [userId, { ...ofTask, op: "restored" }],
        [userId, { ...ofCategory, op: "restored" }],
        [userId, { ...ofCategory, entityId: newCategoryId(), op: "deleted" }],
        [other, { ...ofTask, op: "deleted" }],
        [other, { ...ofTask, op: "updated", patch: { priority: "high" } }],
        [other, { ...ofCategory, op: "updated", patch: { color: null } }],
      ]
      for (const [actingUser, step] of steps) {
        expect(Exit.hasDies(yield* Effect.exit(carryOut(actingUser, step, at(1))))).toBe(true)
      }
      expect(yield* historyOf(userId)).toHaveLength(2)
      expect(yield* historyOf(other)).toHaveLength(0)
    }),
  )

  it.effect("carries out many steps in their order, each as a change of its own", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const [one, other] = [
        yield* keepCategory(userId, { name: CategoryName.make("One") }),
        yield* keepCategory(userId, { name: CategoryName.make("Other") }),
      ]
      const all = []
      for (let number = 0; number < 600; number++) all.push(yield* keepTask(userId, { categories: [one] }))
      const [first, second, third] = all
      if (first === undefined || second === undefined || third === undefined) return
      yield* tasks.delete(userId, second.id, at(1))
      const rename = (id: CategoryId, name: CategoryName) =>
        ({ entity: "category", entityId: id, undoes: newChangeId(), op: "updated", patch: { name } }) as const
      const ofTask = ({ id }: Task) => ({ entity: "task", entityId: id, undoes: newChangeId() }) as const
      const title = TaskTitle.make("Put back")
      const steps: ReadonlyArray<UndoStep> = [
        // The names change places.
        rename(one.id, CategoryName.make("Neither")),
        rename(other.id, one.name),
        rename(one.id, other.name),
        { ...ofTask(third), op: "deleted" },
        ...all.map((task): UndoStep => ({ ...ofTask(task), op: "updated", patch: { title } })),
        { ...ofTask(first), op: "updated", patch: { categoryIds: [other.id] } },
        { ...ofTask(second), op: "updated", patch: { categoryIds: [], priority: "high" } },
        { ...ofTask(second), op: "restored" },
        { ...ofTask(third), op: "restored" },
      ]
      const versions = yield* carryOutAll(userId, steps, at(2))
      expect(versions.slice(0, 5)).toStrictEqual([2, 2, 3, 1, 2])
      expect(versions.slice(-4)).toStrictEqual([3, 3, 4, 3])
      const changes = (yield* Effect.flatMap(ChangeRepository, ({ readBefore }) =>
        readBefore(userId, {}, null, steps.length),
      )).toReversed()
      expect(changes.map(({ entityId, op, undoes, version }) => ({ entityId, op, undoes, version }))).toStrictEqual(
        steps.map(({ entityId, op, undoes }, index) => ({ entityId, op, undoes, version: versions[index] })),
      )
      const [, , , , firstUpdate] = changes
      expect([firstUpdate?.before, firstUpdate?.after]).toStrictEqual([{ title: first.title }, { title }])
      expect(changes.at(-3)).toMatchObject({
        before: { priority: "medium", categoryIds: [one.id] },
        after: { priority: "high", categoryIds: [] },
      })
      const [renamedOne, renamedOther] = (yield* categories.list(userId)).toReversed()
      expect([renamedOne?.id, renamedOther?.id]).toStrictEqual([one.id, other.id])
      expect(yield* tasks.get(userId, first.id)).toStrictEqual({
        ...first,
        title,
        categories: [renamedOther],
        version: 3,
        updatedAt: at(2),
      })
      expect(yield* tasks.get(userId, second.id)).toMatchObject({ title, priority: "high", categories: [], version: 4 })
      expect(yield* tasks.get(userId, third.id)).toMatchObject({ title, categories: [renamedOne], version: 3 })
      expect(yield* carryOutAll(userId, [], at(3))).toStrictEqual([])
    }),
  )
}
