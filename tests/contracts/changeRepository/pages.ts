/** The tests of how the history is read after a place, and of the cursors of that place. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Result } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryName, change as changeCategory } from "../../../domain/categories/Category.ts"
import { type ChangeCursor, markOf, originMark, resume } from "../../../domain/changes/ChangeCursor.ts"
import type { Entity } from "../../../domain/changes/EntityState.ts"
import { at, keepCategory, keepTask, keepUser, newUserId } from "../../support/entities.ts"
import { changed } from "../taskRepository/fixtures.ts"
import { both, historyOf, seq } from "./fixtures.ts"

/** Reads on from a cursor as a caller does. Returns the changes, or why the cursor is refused. */
const readOn = Effect.fnUntraced(function* (userId: UserId, cursor: ChangeCursor) {
  const changes = yield* ChangeRepository
  const page = yield* changes.readAfter(userId, cursor.seq, both, 100)
  const resumed = resume(cursor, page.bounds)
  return Result.isSuccess(resumed) ? page.changes.map(({ seq }) => Number(seq)) : resumed.failure._tag
})

export const pages = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("begins with an empty history", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const origin = { seq: seq(0), mark: originMark }
      expect(yield* changes.ends(userId)).toStrictEqual({ oldest: origin, latest: origin })
      expect(yield* changes.readAfter(userId, null, both, 10)).toStrictEqual({
        oldest: origin,
        latest: origin,
        bounds: { head: 0, floor: 0, floorMark: originMark, rowAt: null },
        changes: [],
        tasks: new Map(),
        categories: new Map(),
      })
      expect(yield* readOn(userId, origin)).toStrictEqual([])
    }),
  )

  it.effect("knows no history of a user without an account", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = newUserId()
      const reads = [changes.ends(userId), changes.readAfter(userId, null, both, 10), changes.lock(userId)]
      for (const read of reads) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string; readonly userId: UserId }, never>(read)
        expect(error._tag).toBe("AccountNotFound")
        expect(error.userId).toBe(userId)
      }
      expect(yield* changes.readBefore(userId, {}, null, 10)).toStrictEqual([])
    }),
  )

  it.effect("reads page by page, the oldest first, and gives both ends with each page", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const made = []
      for (let number = 0; number < 7; number++) made.push(yield* keepTask(userId))
      const all = yield* historyOf(userId)
      expect(all.map(({ entityId }) => entityId)).toStrictEqual(made.map(({ id }) => id))
      const ends = yield* changes.ends(userId)
      const last = all[6]
      if (last === undefined) return
      expect(ends).toStrictEqual({ oldest: { seq: 0, mark: originMark }, latest: { seq: 7, mark: markOf(last.id) } })

      const read: Array<unknown> = []
      for (const after of [0, 3, 6, 7]) {
        const page = yield* changes.readAfter(userId, seq(after), both, 3)
        expect({ oldest: page.oldest, latest: page.latest }).toStrictEqual(ends)
        expect(page.bounds).toStrictEqual({
          head: 7,
          floor: 0,
          floorMark: originMark,
          rowAt: after === 0 ? null : all[after - 1]?.id,
        })
        read.push(...page.changes)
      }
      expect(read).toStrictEqual(all)
      const beyond = yield* changes.readAfter(userId, seq(8), both, 3)
      expect(beyond.changes).toStrictEqual([])
      expect(beyond.bounds).toMatchObject({ head: 7, rowAt: null })
    }),
  )

  it.effect("reads one kind of thing alone, up to the limit of those", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      for (const number of [1, 2, 3]) {
        yield* keepTask(userId)
        yield* keepCategory(userId, { name: CategoryName.make(`Category ${number}`) })
      }
      const read = (after: number, entities: ReadonlyArray<Entity>, limit: number) =>
        Effect.map(changes.readAfter(userId, seq(after), entities, limit), (page) =>
          page.changes.map(({ entity, seq }) => `${entity} ${seq}`),
        )
      expect(yield* read(0, ["task"], 10)).toStrictEqual(["task 1", "task 3", "task 5"])
      expect(yield* read(0, ["category"], 2)).toStrictEqual(["category 2", "category 4"])
      expect(yield* read(4, ["category"], 2)).toStrictEqual(["category 6"])
      expect(yield* read(3, ["category", "task"], 2)).toStrictEqual(["category 4", "task 5"])
      expect(yield* read(6, ["task"], 2)).toStrictEqual([])
      // The place itself is of no asked kind, but its mark is checked.
      const page = yield* changes.readAfter(userId, seq(2), ["task"], 1)
      expect(page.bounds.rowAt).toBe((yield* historyOf(userId))[1]?.id)
    }),
  )

  it.effect("brings the present state of each thing that a page names, without deleted ones", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const [kept, gone] = [
        yield* keepCategory(userId),
        yield* keepCategory(userId, { name: CategoryName.make("Gone") }),
      ]
      const task = yield* keepTask(userId, { categories: [kept, gone] })
      const deleted = yield* keepTask(userId)
      const later = changed(task, { priority: "high" })
      yield* tasks.update(task, later)
      yield* tasks.delete(userId, deleted.id, at(70))
      const renamed = changeCategory(kept, { name: CategoryName.make("Renamed") }, at(80))
      yield* categories.update(kept, renamed)
      yield* categories.delete(userId, gone.id, at(90))
      const unnamed = yield* keepTask(userId)

      const whole = yield* changes.readAfter(userId, null, both, 100)
      const present = { ...later, categories: [renamed] }
      expect(whole.tasks).toStrictEqual(
        new Map([
          [task.id, present],
          [unnamed.id, unnamed],
        ]),
      )
      expect(whole.categories).toStrictEqual(new Map([[kept.id, renamed]]))
      // The first page names what was changed again later.
      const first = yield* changes.readAfter(userId, seq(0), both, 3)
      expect(first.tasks).toStrictEqual(new Map([[task.id, present]]))
      expect(first.categories).toStrictEqual(new Map([[kept.id, renamed]]))
      const ofTasks = yield* changes.readAfter(userId, seq(0), ["task"], 100)
      expect(ofTasks.tasks.size).toBe(2)
      expect(ofTasks.categories.size).toBe(0)
    }),
  )

  it.effect("resumes at each place of the same history, and at none of another", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      for (const each of [userId, other, userId, other, userId]) yield* keepTask(each)
      const history = yield* historyOf(userId)
      for (const { id, seq } of history) {
        const rest = [1, 2, 3].slice(seq)
        expect(yield* readOn(userId, { seq, mark: markOf(id) })).toStrictEqual(rest)
        expect(yield* readOn(other, { seq, mark: markOf(id) })).toBe("CursorReset")
      }
      const { latest, oldest } = yield* changes.ends(userId)
      expect(yield* readOn(userId, oldest)).toStrictEqual([1, 2, 3])
      expect(yield* readOn(userId, latest)).toStrictEqual([])
      expect(yield* readOn(userId, { seq: seq(4), mark: latest.mark })).toBe("CursorReset")
      expect(yield* readOn(userId, { seq: seq(2), mark: latest.mark })).toBe("CursorReset")
      expect(yield* readOn(userId, { seq: seq(0), mark: latest.mark })).toBe("CursorReset")
    }),
  )

  it.effect("hides a user's history from every other user", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const task = yield* keepTask(userId)
      const mine = yield* keepTask(other)
      const page = yield* changes.readAfter(other, null, both, 10)
      expect(page.changes.map(({ entityId }) => entityId)).toStrictEqual([mine.id])
      expect([...page.tasks.keys()]).toStrictEqual([mine.id])
      expect(yield* changes.readBefore(other, { entityId: task.id }, null, 10)).toStrictEqual([])
    }),
  )

  it.effect("tells how far the histories of several users are", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const [one, other, none] = [yield* keepUser, yield* keepUser, yield* keepUser]
      yield* keepTask(one)
      yield* keepTask(one)
      yield* keepCategory(other)
      const missing = newUserId()
      expect(yield* changes.latestOf([one, other, none, missing])).toStrictEqual(
        new Map([
          [one, 2],
          [other, 1],
          [none, 0],
        ]),
      )
      expect(yield* changes.latestOf([])).toStrictEqual(new Map())
    }),
  )
}
