/** The tests of what an undo reads: the changes that it names, their later history, and the present states. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import { ActorName } from "../../../domain/changes/Actor.ts"
import { BatchId } from "../../../domain/changes/BatchId.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import { categoryState, taskState } from "../../../domain/changes/EntityState.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  makeTask,
  newBatchId,
  newCategoryId,
  newChangeId,
  newSessionId,
  newTaskId,
} from "../../support/entities.ts"
import { changed, full } from "../taskRepository/fixtures.ts"
import { historyOf, idsOf, makeMutation, makeToken, seq, within } from "./fixtures.ts"

const numbersOf = (changes: ReadonlyArray<Change>) => changes.map(({ seq }) => Number(seq))

export const undoReads = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("reads one change by its id", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      for (let number = 0; number < 9; number++) yield* keepTask(userId)
      yield* keepTask(other)
      const all = yield* historyOf(userId)
      for (const change of all) {
        const target = UndoTarget.OneChange({ changeId: change.id })
        expect(yield* changes.readTarget(userId, target, 10)).toStrictEqual([change])
        expect(yield* changes.readTarget(other, target, 10)).toStrictEqual([])
      }
      const unknown = UndoTarget.OneChange({ changeId: newChangeId() })
      expect(yield* changes.readTarget(userId, unknown, 10)).toStrictEqual([])
    }),
  )

  it.effect("reads the changes of a batch, also between those of others", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const batchId = newBatchId()
      const [one, another] = [makeMutation({ batchId }), makeMutation()]
      for (const mutation of [one, another, one, another, one]) yield* within(mutation)(keepTask(userId))
      // A batch belongs to the user, whatever its id.
      yield* within(one)(keepTask(other))
      const read = (limit: number) =>
        Effect.map(changes.readTarget(userId, UndoTarget.Batch({ batchId }), limit), numbersOf)
      expect(yield* read(10)).toStrictEqual([1, 3, 5])
      expect(yield* read(2)).toStrictEqual([1, 3])
      expect(yield* changes.readTarget(other, UndoTarget.Batch({ batchId }), 10)).toHaveLength(1)
      for (const missing of [newBatchId(), BatchId.make("00000000-0000-4000-8000-000000000000")]) {
        expect(yield* changes.readTarget(userId, UndoTarget.Batch({ batchId: missing }), 10)).toStrictEqual([])
      }
    }),
  )

  it.effect("reads the changes of a session or a token since a time, whatever its name was", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const token = makeToken()
      const renamed = { ...token, name: ActorName.make("renamed") }
      // The same id of another kind is another actor.
      const session = { kind: "session", id: newSessionId(), name: null } as const
      const likeSession = { ...token, id: session.id }
      const actors = [token, session, renamed, likeSession, token, session]
      for (const [index, actor] of actors.entries()) {
        const task = makeTask(userId, { updatedAt: at(index) })
        yield* within(makeMutation({ actor }))(tasks.insert(task))
      }
      const read = ({ id, kind }: typeof token | typeof session, since: number, limit = 10) => {
        const target = UndoTarget.SinceTime({ actor: { kind, id } as typeof token, since: at(since) })
        return Effect.map(changes.readTarget(userId, target, limit), numbersOf)
      }
      expect(yield* read(token, 0)).toStrictEqual([1, 3, 5])
      expect(yield* read(token, 2)).toStrictEqual([3, 5])
      expect(yield* read(token, 2.001)).toStrictEqual([5])
      expect(yield* read(token, 0, 2)).toStrictEqual([1, 3])
      expect(yield* read(token, 5)).toStrictEqual([])
      expect(yield* read(session, 0)).toStrictEqual([2, 6])
      expect(yield* read(likeSession, 0)).toStrictEqual([4])
      expect(yield* read({ ...token, id: uuidV7Unsafe() }, 0)).toStrictEqual([])
    }),
  )

  it.effect("reads all changes of some things from a place on, the oldest first", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const [one, two] = [yield* keepTask(userId), yield* keepTask(userId)] // 1, 2
      const category = yield* keepCategory(userId) // 3
      yield* keepTask(userId) // 4
      yield* tasks.update(two, changed(two, { priority: "high" })) // 5
      yield* tasks.delete(userId, one.id, at(1)) // 6
      const read = (ids: Parameters<typeof changes.readFrom>[1], from: number, limit = 10) =>
        Effect.map(changes.readFrom(userId, ids, seq(from), limit), numbersOf)
      expect(yield* read([one.id, category.id, two.id], 0)).toStrictEqual([1, 2, 3, 5, 6])
      expect(yield* read([one.id, category.id, two.id], 2)).toStrictEqual([2, 3, 5, 6])
      expect(yield* read([two.id, one.id], 1, 3)).toStrictEqual([1, 2, 5])
      expect(yield* read([one.id, one.id], 2)).toStrictEqual([6])
      expect(yield* read([newTaskId()], 0)).toStrictEqual([])
      expect(yield* read([], 0)).toStrictEqual([])
      expect(yield* changes.readFrom(other, [one.id], seq(0), 10)).toStrictEqual([])
    }),
  )

  it.effect("reads the present states of tasks and categories, deleted ones included", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const named = (name: string) =>
        keepCategory(userId, { name: CategoryName.make(name), color: CategoryColor.make("#A0b1C2") })
      const [living, gone, forgotten] = [yield* named("Living"), yield* named("Gone"), yield* named("Forgotten")]
      const task = yield* keepTask(userId, { ...full, categories: [gone, living] })
      const deleted = yield* keepTask(userId, { categories: [gone] })
      yield* tasks.delete(userId, deleted.id, at(70))
      yield* categories.delete(userId, gone.id, at(71))
      yield* categories.delete(userId, forgotten.id, at(72))
      const unnamed = yield* keepTask(userId)
      const foreign = yield* keepTask(other)
      const foreignCategory = yield* keepCategory(other)
      const present = yield* changes.presentStates(userId, {
        tasks: [task.id, deleted.id, newTaskId(), foreign.id],
        categories: [gone.id, newCategoryId(), foreignCategory.id],
        created: [],
        limit: 10,
      })
      expect(present).toStrictEqual({
        tasks: new Map([
          [task.id, taskState(task, idsOf([gone, living]), false)],
          [deleted.id, taskState(deleted, [gone.id], true)],
        ]),
        categories: new Map([
          [gone.id, categoryState(gone, true)],
          [living.id, categoryState(living, false)],
        ]),
        usedBy: new Map(),
      })
      expect(present.tasks.has(unnamed.id)).toBe(false)
      const none = yield* changes.presentStates(userId, { tasks: [], categories: [], created: [], limit: 1 })
      expect([...none.categories.keys()]).toStrictEqual([living.id])
    }),
  )

  it.effect("names the living tasks that a category is assigned to, up to a limit", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const named = (name: string) => keepCategory(userId, { name: CategoryName.make(name) })
      const [used, unused, gone] = [yield* named("Used"), yield* named("Unused"), yield* named("Gone")]
      const users = [
        yield* keepTask(userId, { categories: [used] }),
        yield* keepTask(userId, { categories: [gone, used] }),
        yield* keepTask(userId, { categories: [used] }),
      ]
      const deleted = yield* keepTask(userId, { categories: [used] })
      yield* tasks.delete(userId, deleted.id, at(1))
      yield* categories.delete(userId, gone.id, at(2))
      const created = [used.id, unused.id, gone.id]
      const { usedBy } = yield* changes.presentStates(userId, { tasks: [], categories: [], created, limit: 10 })
      const sorted = new Map([...usedBy].map(([id, taskIds]) => [id, taskIds.toSorted()]))
      expect(sorted).toStrictEqual(
        new Map([
          [used.id, users.map(({ id }) => id).toSorted()],
          [unused.id, []],
          [gone.id, [users[1]?.id]],
        ]),
      )
      const limited = yield* changes.presentStates(userId, { tasks: [], categories: [], created, limit: 2 })
      expect([...limited.usedBy.values()].map(({ length }) => length)).toStrictEqual([2, 0, 1])
    }),
  )
}
