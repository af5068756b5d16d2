/** The tests of every promise that a `UnitOfWork` makes about units in units, and about failures inside of one. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import {
  keepAccount,
  keepCategory,
  keepTask,
  keepUser,
  makeAccount,
  makeCategory,
  makeQuery,
  makeTask,
} from "../../support/entities.ts"

const retitled = (task: Task, title: string): Task => ({
  ...task,
  title: TaskTitle.make(title),
  version: nextVersion(task.version),
})

export const nesting = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("includes the writes of fibers that the unit joins", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const three = [makeTask(userId), makeTask(userId), makeTask(userId)]
      const insertAll = Effect.forEach(three, tasks.insert, { concurrency: "unbounded", discard: true })
      yield* Effect.ignore(atomically(Effect.andThen(insertAll, Effect.fail("refused"))))
      expect((yield* tasks.list(userId, makeQuery())).total).toBe(0)
      yield* atomically(insertAll)
      expect((yield* tasks.list(userId, makeQuery())).total).toBe(3)
    }),
  )

  it.effect("joins an inner unit to the outer one", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [outer, inner] = [makeTask(userId), makeTask(userId)]
      const both = Effect.andThen(tasks.insert(outer), atomically(tasks.insert(inner)))
      yield* Effect.ignore(atomically(Effect.andThen(both, Effect.fail("refused"))))
      expect(yield* tasks.exists(outer.id)).toBe(false)
      expect(yield* tasks.exists(inner.id)).toBe(false)
      yield* atomically(both)
      expect(yield* tasks.exists(outer.id)).toBe(true)
      expect(yield* tasks.exists(inner.id)).toBe(true)
    }),
  )

  it.effect("rolls back only the inner unit if the outer one handles its failure", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [before, inner, after] = [makeTask(userId), makeTask(userId), makeTask(userId)]
      yield* atomically(
        Effect.gen(function* () {
          yield* tasks.insert(before)
          yield* Effect.ignore(atomically(Effect.andThen(tasks.insert(inner), Effect.fail("refused"))))
          yield* tasks.insert(after)
        }),
      )
      const kept = []
      for (const { id } of [before, inner, after]) kept.push(yield* tasks.exists(id))
      expect(kept).toStrictEqual([true, false, true])
    }),
  )

  it.effect("continues after a failed write that it handles", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const accounts = yield* AccountRepository
      const categories = yield* CategoryRepository
      const tasks = yield* TaskRepository
      const account = yield* keepAccount()
      const category = yield* keepCategory(account.id)
      const stale = yield* keepTask(account.id)
      const current = retitled(stale, "Changed")
      yield* tasks.update(stale, current)
      const gone = makeCategory(account.id, { name: CategoryName.make("Gone") })
      const last = makeTask(account.id)
      yield* atomically(
        Effect.gen(function* () {
          const refusals = [
            yield* Effect.flip(accounts.insert(makeAccount({ email: account.email }))),
            yield* Effect.flip(categories.insert(makeCategory(account.id, { name: category.name }))),
            yield* Effect.flip(tasks.update(stale, retitled(stale, "Too late"))),
            yield* Effect.flip(tasks.update(current, { ...retitled(current, "Not so"), categories: [gone] })),
          ]
          expect(refusals.map(({ _tag }) => _tag)).toStrictEqual([
            "EmailTaken",
            "CategoryNameTaken",
            "VersionConflict",
            "CategoryNotFound",
          ])
          yield* tasks.insert(last)
        }),
      )
      expect(yield* tasks.exists(last.id)).toBe(true)
      expect(yield* tasks.get(account.id, current.id)).toStrictEqual(current)
    }),
  )
}
