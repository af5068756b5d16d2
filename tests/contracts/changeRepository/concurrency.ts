/** The tests of the history of users with several writers and readers at once. */
import { expect, type Vitest } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import { change, type Task } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import {
  at,
  cursorLimit,
  keepCategory,
  keepTask,
  keepUser,
  limit,
  makeCategory,
  makeQuery,
  makeTask,
} from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"
import { assign, changed } from "../taskRepository/fixtures.ts"
import { both, historyOf, makeMutation, within } from "./fixtures.ts"

const writers = 20
const numbersTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

/** Changes the title of the task as it is now. */
const retitle = ({ id, userId }: Task, title: string) =>
  Effect.gen(function* () {
    const { atomically } = yield* UnitOfWork
    const tasks = yield* TaskRepository
    yield* atomically(
      Effect.gen(function* () {
        const before = yield* tasks.getForUpdate(userId, id)
        const after = yield* Effect.fromResult(change(before, { title: TaskTitle.make(title) }, at(1)))
        yield* tasks.update(before, after)
      }),
    )
  })

/** Prepares ten writes of several kinds, each of which records one change, and records eight changes for it. */
const mixedWrites = Effect.fnUntraced(function* (userId: UserId) {
  const tasks = yield* TaskRepository
  const categories = yield* CategoryRepository
  const writes: Array<Effect.Effect<unknown, unknown, Repositories>> = []
  for (let number = 0; number < 2; number++) {
    const named = (name: string) => CategoryName.make(`${name} ${number}`)
    const category = yield* keepCategory(userId, { name: named("Kept") })
    const [deleted, retitled] = [yield* keepTask(userId), yield* keepTask(userId, { categories: [category] })]
    const other = yield* keepTask(userId)
    writes.push(
      tasks.insert(makeTask(userId)),
      tasks.delete(userId, deleted.id, at(1)),
      tasks.update(retitled, changed(retitled, { title: TaskTitle.make(`Title ${number}`) })),
      categories.insert(makeCategory(userId, { name: named("New") })),
      assign(other, [category]),
    )
  }
  return writes
})

const expectWhole = (changes: ReadonlyArray<Change>, length: number) => {
  expect(changes.map(({ seq }) => seq)).toStrictEqual(numbersTo(length))
  expect(new Set(changes.map(({ id }) => id)).size).toBe(length)
}

export const concurrency = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("numbers the changes of 20 concurrent writers of one task from 1 without a gap, each after the last", () =>
    Effect.gen(function* () {
      const task = yield* keepTask(yield* keepUser)
      yield* allAtOnce(numbersTo(writers).map((number) => retitle(task, `Title ${number}`)))
      const changes = yield* historyOf(task.userId)
      expectWhole(changes, writers + 1)
      expect(changes.map(({ version }) => version)).toStrictEqual(numbersTo(writers + 1))
      let title: unknown = task.title
      for (const { after, before } of changes.slice(1)) {
        expect(before).toStrictEqual({ title })
        title = after !== null && "title" in after ? after.title : undefined
      }
      expect((yield* (yield* TaskRepository).get(task.userId, task.id)).title).toBe(title)
    }),
  )

  it.effect("numbers concurrent writes of every kind without a gap, for two users at once", () =>
    Effect.gen(function* () {
      const users = [yield* keepUser, yield* keepUser] as const
      const writes = [yield* mixedWrites(users[0]), yield* mixedWrites(users[1])]
      yield* allAtOnce(writes.flat())
      for (const userId of users) expectWhole(yield* historyOf(userId), 8 + 10)
    }),
  )

  it.effect("shows no reader a change before an earlier one", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const read = Effect.map(changes.readAfter(userId, null, both, 500), (page) => {
        expectWhole(page.changes, page.changes.length)
        expect(page.latest.seq).toBe(page.changes.length)
        // What a change leaves is there, and nothing later.
        expect(page.tasks.size).toBe(page.changes.length)
        return page.changes.length
      })
      const steps = numbersTo(writers / 2).flatMap(() => [Effect.as(keepTask(userId), 0), read])
      yield* allAtOnce(steps)
      expect(yield* read).toBe(writers / 2)
    }),
  )

  it.effect("has all changes to the number that a list names in the list, and none after it", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      yield* keepTask(userId)
      // Each write makes one task, so there are as many tasks as changes.
      const seen: Array<number> = []
      const readers = Array.from({ length: 15 }, (_, index) =>
        Effect.gen(function* () {
          const query = makeQuery({ limit: limit(100), sort: index % 2 === 0 ? "created_at" : "updated_at" })
          const { data, latest } = yield* tasks.list(userId, query)
          expect(latest).toBe(data.length)
          const first = yield* tasks.listAfter(userId, query, null, cursorLimit(100))
          expect(first.latest?.seq).toBe(first.data.length)
          seen.push(data.length)
        }),
      )
      yield* allAtOnce([...Array.from({ length: 30 }, () => keepTask(userId)), ...readers])
      expect(seen).toHaveLength(15)
      expect(yield* changes.latestOf([userId])).toStrictEqual(new Map([[userId, 31]]))
    }),
  )

  it.effect("keeps the changes of a unit that locks the history together", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const units = numbersTo(writers / 2).map(() => {
        const mutation = makeMutation()
        const two = Effect.andThen(keepTask(userId), keepTask(userId))
        return within(mutation)(atomically(Effect.andThen(changes.lock(userId), two)))
      })
      const singles = numbersTo(writers / 2).map(() => keepTask(userId))
      yield* allAtOnce([...units, ...singles])
      const history = yield* historyOf(userId)
      expectWhole(history, writers + writers / 2)
      const batches = history.map(({ batchId }) => batchId)
      const borders = batches.filter((batchId, index) => batchId !== batches[index - 1])
      expect(borders.length).toBe(new Set(batches).size)
    }),
  )

  it.effect("blocks no writers that change the same tasks in another order", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const [one, other] = [yield* keepTask(userId), yield* keepTask(userId)]
      const units = numbersTo(writers).map((number) => {
        const [first, last] = number % 2 === 0 ? [one, other] : [other, one]
        const title = `Writer ${number}`
        return atomically(
          Effect.andThen(changes.lock(userId), Effect.andThen(retitle(first, title), retitle(last, title))),
        )
      })
      yield* allAtOnce(units)
      expectWhole(yield* historyOf(userId), 2 + 2 * writers)
    }),
  )

  it.effect("lets no other caller write while a unit holds the lock", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const held = yield* Deferred.make<void>()
      const outside = yield* Effect.forkChild(
        Effect.andThen(
          Deferred.await(held),
          Effect.all([keepTask(userId), keepCategory(userId)], { concurrency: "unbounded", discard: true }),
        ),
      )
      yield* atomically(
        Effect.gen(function* () {
          yield* changes.lock(userId)
          yield* Deferred.succeed(held, undefined)
          yield* Effect.sleep("20 millis")
          yield* tasks.update(task, changed(task, { priority: "high" }))
        }),
      )
      yield* Fiber.join(outside)
      const history = yield* historyOf(userId)
      expect(history.slice(0, 2).map(({ entityId, op }) => [entityId, op])).toStrictEqual([
        [task.id, "created"],
        [task.id, "updated"],
      ])
      expectWhole(history, 4)
    }),
  )
}
