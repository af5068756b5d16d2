/** The tests of what each kind of write records. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import {
  CategoryColor,
  CategoryName,
  change as changeCategory,
  restore as restoreCategory,
} from "../../../domain/categories/Category.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser, makeCategory, makeTask, newChangeId } from "../../support/entities.ts"
import { assign, changed, full } from "../taskRepository/fixtures.ts"
import { historyOf, idsOf, makeMutation, newestOf, originOf, within } from "./fixtures.ts"

const untouched = { before: null, after: null }

export const recording = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("records a new task with all its values, at the time of its last change", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const labels = [
        yield* keepCategory(userId),
        yield* keepCategory(userId, { name: CategoryName.make("Balcony") }),
      ] as const
      // An imported task: it has a second version, and is older than its change.
      const task = makeTask(userId, {
        ...full,
        categories: labels.toReversed(),
        version: nextVersion(labels[0].version),
      })
      const mutation = makeMutation({ undoes: newChangeId() })
      yield* within(mutation)(tasks.insert(task))
      const change = yield* newestOf(userId)
      expect(change).toStrictEqual({
        ...originOf(mutation),
        id: change.id,
        seq: 3,
        at: task.updatedAt,
        entity: "task",
        entityId: task.id,
        op: "created",
        version: 2,
        before: null,
        after: {
          title: full.title,
          description: full.description,
          status: "in_progress",
          priority: "high",
          dueDate: full.dueDate,
          categoryIds: idsOf(labels),
        },
      })
      const bare = yield* keepTask(userId)
      expect((yield* newestOf(userId)).after).toStrictEqual({
        title: bare.title,
        description: null,
        status: "pending",
        priority: "medium",
        dueDate: null,
        categoryIds: [],
      })
    }),
  )

  it.effect("records the fields that an update touches, and no others", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const first = yield* keepTask(userId)
      const { createdAt: _, updatedAt: __, ...fields } = full
      const second = changed(first, fields)
      const mutation = makeMutation()
      yield* within(mutation)(tasks.update(first, second))
      const change = yield* newestOf(userId)
      expect(change).toStrictEqual({
        ...originOf(mutation),
        id: change.id,
        seq: 2,
        at: second.updatedAt,
        entity: "task",
        entityId: first.id,
        op: "updated",
        version: 2,
        before: { title: first.title, description: null, status: "pending", priority: "medium", dueDate: null },
        after: fields,
      })
      const third = changed(second, { dueDate: null })
      yield* tasks.update(second, third)
      expect(yield* newestOf(userId)).toMatchObject({ before: { dueDate: full.dueDate }, after: { dueDate: null } })
      const fourth = changed(third, { title: TaskTitle.make("Only the title") })
      yield* tasks.update(third, fourth)
      const { after, before, version } = yield* newestOf(userId)
      expect({ after, before, version }).toStrictEqual({
        before: { title: full.title },
        after: { title: "Only the title" },
        version: 4,
      })
    }),
  )

  it.effect("records the fields that are changed without a reading, as an update does", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser, { dueDate: at(60) })
      const mutation = makeMutation()
      const changes = { status: "in_progress", dueDate: null } as const
      // These values are stored already.
      const sent = { ...changes, title: task.title, description: task.description }
      const written = yield* within(mutation)(tasks.updateFields(task.userId, task.id, task.version, sent, at(5)))
      expect(written?.version).toBe(2)
      const change = yield* newestOf(task.userId)
      expect(change).toStrictEqual({
        ...originOf(mutation),
        id: change.id,
        seq: 2,
        at: at(5),
        entity: "task",
        entityId: task.id,
        op: "updated",
        version: 2,
        before: { status: "pending", dueDate: at(60) },
        after: changes,
      })
    }),
  )

  it.effect("records the assignments before and after, sorted, with those to deleted categories", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const named = (name: string) => keepCategory(userId, { name: CategoryName.make(name) })
      const [one, two, gone] = [yield* named("One"), yield* named("Two"), yield* named("Gone")]
      const first = yield* keepTask(userId, { categories: [gone, one] })
      const deleted = yield* categories.delete(userId, gone.id, at(1))
      const seen = yield* tasks.get(userId, first.id)
      yield* assign(seen, [two])
      const { after, before, version } = yield* newestOf(userId)
      expect({ after, before, version }).toStrictEqual({
        before: { categoryIds: idsOf([gone, one]) },
        after: { categoryIds: idsOf([gone, two]) },
        version: 2,
      })
      // With a field and the assignments at once.
      const swapped = yield* tasks.get(userId, first.id)
      yield* tasks.update(swapped, changed(swapped, { title: TaskTitle.make("And a title"), categories: [] }))
      const second = yield* newestOf(userId)
      expect(second.before).toStrictEqual({ title: first.title, categoryIds: idsOf([gone, two]) })
      expect(second.after).toStrictEqual({ title: "And a title", categoryIds: [gone.id] })
      // A restored category is assigned again, and can be removed.
      yield* categories.restore(deleted, restoreCategory(deleted, at(3)))
      const shown = yield* tasks.get(userId, first.id)
      expect(shown.categories.map(({ id }) => id)).toStrictEqual([gone.id])
      yield* assign(shown, [])
      expect(yield* newestOf(userId)).toMatchObject({
        before: { categoryIds: [gone.id] },
        after: { categoryIds: [] },
        version: 4,
      })
    }),
  )

  it.effect("records that a task was deleted, restored and destroyed", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId, { categories: [yield* keepCategory(userId)] })
      const about = { entity: "task", entityId: task.id, ...untouched } as const
      const [deleting, restoring, purging] = [makeMutation(), makeMutation(), makeMutation()]

      yield* within(deleting)(tasks.delete(userId, task.id, at(70)))
      const deletion = yield* newestOf(userId)
      expect(deletion).toStrictEqual({
        ...originOf(deleting),
        ...about,
        id: deletion.id,
        seq: 3,
        at: at(70),
        op: "deleted",
        version: 1,
      })

      const deleted = yield* tasks.getDeleted(userId, task.id)
      yield* within(restoring)(tasks.restore(deleted, restore(deleted, at(80))))
      const restoration = yield* newestOf(userId)
      expect(restoration).toStrictEqual({
        ...originOf(restoring),
        ...about,
        id: restoration.id,
        seq: 4,
        at: at(80),
        op: "restored",
        version: 2,
      })

      yield* tasks.delete(userId, task.id, at(90))
      yield* within(purging)(tasks.purge(userId, [task.id], at(100)))
      const purge = yield* newestOf(userId)
      expect(purge).toStrictEqual({
        ...originOf(purging),
        ...about,
        id: purge.id,
        seq: 6,
        at: at(100),
        op: "purged",
        version: null,
      })
      expect((yield* historyOf(userId)).map(({ op }) => op)).toStrictEqual([
        "created",
        "created",
        "deleted",
        "restored",
        "deleted",
        "purged",
      ])
    }),
  )

  it.effect("records the writes of categories", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const first = makeCategory(userId, { color: CategoryColor.make("#A0b1C2"), createdAt: at(1), updatedAt: at(1) })
      const mutation = makeMutation({ undoes: newChangeId() })
      yield* within(mutation)(
        Effect.gen(function* () {
          yield* categories.insert(first)
          const second = changeCategory(first, { name: CategoryName.make("Balcony 🌻") }, at(2))
          yield* categories.update(first, second)
          const third = changeCategory(second, { name: first.name, color: null }, at(3))
          yield* categories.update(second, third)
          const deleted = yield* categories.delete(userId, first.id, at(4))
          yield* categories.restore(deleted, restoreCategory(deleted, at(5)))
        }),
      )
      const about = { ...originOf(mutation), entity: "category", entityId: first.id } as const
      const changes = yield* historyOf(userId)
      const recorded = [
        { at: at(1), op: "created", version: 1, before: null, after: { name: first.name, color: first.color } },
        { at: at(2), op: "updated", version: 2, before: { name: first.name }, after: { name: "Balcony 🌻" } },
        {
          at: at(3),
          op: "updated",
          version: 3,
          before: { name: "Balcony 🌻", color: "#A0b1C2" },
          after: { name: first.name, color: null },
        },
        { at: at(4), op: "deleted", version: 3, ...untouched },
        { at: at(5), op: "restored", version: 4, ...untouched },
      ]
      expect(changes).toStrictEqual(
        recorded.map((each, index) => ({ ...about, id: changes[index]?.id, seq: index + 1, ...each })),
      )
      expect(new Set(changes.map(({ id }) => id)).size).toBe(5)
    }),
  )

  it.effect("records one change if a category is deleted, and none of its tasks", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const task = yield* keepTask(userId, { categories: [category] })
      const renamed = changeCategory(category, { name: CategoryName.make("Renamed") }, at(1))
      yield* categories.update(category, renamed)
      const deleted = yield* categories.delete(userId, category.id, at(2))
      yield* categories.restore(deleted, restoreCategory(deleted, at(3)))
      expect((yield* historyOf(userId)).map(({ entity, op }) => `${entity} ${op}`)).toStrictEqual([
        "category created",
        "task created",
        "category updated",
        "category deleted",
        "category restored",
      ])
      expect((yield* tasks.get(userId, task.id)).version).toBe(1)
    }),
  )
}
