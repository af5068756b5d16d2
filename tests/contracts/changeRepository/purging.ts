/** The tests that the words of destroyed things are gone from the history, and that a deleted account has none. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { CategoryName, change as changeCategory } from "../../../domain/categories/Category.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import { at, keepCategory, keepTask, keepUser } from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"
import { changed, full } from "../taskRepository/fixtures.ts"
import { both, historyOf, makeMutation, summaryOf, within } from "./fixtures.ts"
import { cleanUpDeleted, longAgo } from "./longAgo.ts"

const isBlank = ({ after, before }: Change) => before === null && after === null

export const purging = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("removes the values of a destroyed task from all its changes, and of no other", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const kept = yield* keepTask(userId)
      const task = yield* keepTask(userId, { ...full, categories: [category] })
      const later = changed(task, { description: null, categories: [] })
      yield* tasks.update(task, later)
      yield* tasks.update(kept, changed(kept, { priority: "high" }))
      yield* tasks.delete(userId, task.id, at(70))
      const before = yield* historyOf(userId)
      expect(yield* tasks.purge(userId, [task.id], at(80))).toStrictEqual([task.id])

      const after = yield* historyOf(userId)
      expect(summaryOf(after)).toStrictEqual([
        ...summaryOf(before),
        { entityId: task.id, op: "purged", seq: 7, version: null },
      ])
      for (const [index, change] of before.entries()) {
        const blanked = { ...change, before: null, after: null }
        expect(after[index]).toStrictEqual(change.entityId === task.id ? blanked : change)
      }
      expect(JSON.stringify(after)).not.toContain("DROP TABLE")
    }),
  )

  it.effect("destroys several tasks at once, each with its own change", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const gone = []
      for (let number = 0; number < 5; number++) {
        const task = yield* keepTask(userId)
        yield* tasks.delete(userId, task.id, at(1))
        gone.push(task.id)
      }
      const mutation = makeMutation()
      yield* within(mutation)(tasks.purge(userId, [...gone, ...gone.slice(0, 2)], at(2)))
      const [last] = yield* changes.readBefore(userId, {}, null, 1)
      expect(last?.seq).toBe(15)
      const purged = yield* changes.readBefore(userId, { batchId: mutation.batchId ?? undefined }, null, 10)
      expect(purged.map(({ entityId }) => entityId).toSorted()).toStrictEqual(gone.toSorted())
      expect(purged.map(({ seq }) => Number(seq))).toStrictEqual([15, 14, 13, 12, 11])
      expect(new Set(purged.map(({ id }) => id)).size).toBe(5)
      expect((yield* historyOf(userId)).every(isBlank)).toBe(true)
    }),
  )

  it.effect("destroys a task in exactly one of 20 concurrent calls", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      yield* tasks.delete(userId, task.id, at(1))
      const purges = yield* allAtOnce(Array.from({ length: 20 }, () => tasks.purge(userId, [task.id], at(2))))
      expect(purges.flat()).toStrictEqual([task.id])
      expect((yield* historyOf(userId)).map(({ op, seq }) => `${seq} ${op}`)).toStrictEqual([
        "1 created",
        "2 deleted",
        "3 purged",
      ])
    }),
  )

  it.effect("removes the values of a category that cleanup destroys, and its assignments", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const [gone, kept] = [
        yield* keepCategory(userId),
        yield* keepCategory(userId, { name: CategoryName.make("Kept") }),
      ]
      const task = yield* keepTask(userId, { categories: [gone, kept] })
      const renamed = changeCategory(gone, { name: CategoryName.make("Secret name") }, at(1))
      yield* categories.update(gone, renamed)
      yield* categories.delete(userId, gone.id, longAgo(1_000_010))
      const mutation = makeMutation()
      yield* within(mutation)(cleanUpDeleted(longAgo(1_000_011), at(100)))

      expect((yield* Effect.flip(categories.getDeleted(userId, gone.id)))._tag).toBe("CategoryNotFound")
      const history = yield* historyOf(userId)
      expect(history.map(({ entity, op }) => `${entity} ${op}`)).toStrictEqual([
        "category created",
        "category created",
        "task created",
        "category updated",
        "category deleted",
        "category purged",
      ])
      for (const change of history) expect(isBlank(change)).toBe(change.entityId === gone.id)
      const purged = history.at(-1)
      expect(purged).toMatchObject({ at: at(100), actor: mutation.actor, version: null, entityId: gone.id })
      const present = yield* changes.presentStates(userId, {
        tasks: [task.id],
        categories: [gone.id],
        created: [gone.id],
        limit: 10,
      })
      expect(present.tasks.get(task.id)?.values.categoryIds).toStrictEqual([kept.id])
      expect(present.categories.has(gone.id)).toBe(false)
      expect(present.usedBy.get(gone.id)).toStrictEqual([])
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([kept])
    }),
  )

  it.effect("removes the values of a task that cleanup destroys, and tells the mutation of its user", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const told = new Set<string>()
      const task = yield* keepTask(userId)
      yield* keepTask(other)
      yield* tasks.delete(userId, task.id, longAgo(1_000_010))
      yield* within(makeMutation({ onChange: (changedUser) => void told.add(changedUser) }))(
        cleanUpDeleted(longAgo(1_000_011), at(100)),
      )
      const history = yield* historyOf(userId)
      expect(history.map(({ op }) => op)).toStrictEqual(["created", "deleted", "purged"])
      expect(history.every(isBlank)).toBe(true)
      expect(history.at(-1)?.at).toBe(at(100))
      expect([told.has(userId), told.has(other)]).toStrictEqual([true, false])
    }),
  )

  it.effect("removes the history with its account", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const changes = yield* ChangeRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const task = yield* keepTask(userId)
      yield* keepTask(other)
      yield* accounts.delete(userId)
      expect((yield* Effect.flip(changes.ends(userId)))._tag).toBe("AccountNotFound")
      expect((yield* Effect.flip(changes.readAfter(userId, null, both, 10)))._tag).toBe("AccountNotFound")
      expect(yield* changes.readBefore(userId, {}, null, 10)).toStrictEqual([])
      expect(yield* changes.readBefore(userId, { entityId: task.id }, null, 10)).toStrictEqual([])
      expect((yield* changes.latestOf([userId, other])).has(userId)).toBe(false)
      expect(yield* historyOf(other)).toHaveLength(1)
    }),
  )
}
