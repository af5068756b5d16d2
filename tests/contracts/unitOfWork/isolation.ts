/** The tests of every promise that a `UnitOfWork` makes about other writers and readers. */
import { expect, type Vitest } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { FullName, type UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { CategoryName, change as changeCategory } from "../../../domain/categories/Category.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import { change, type Task } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepAccount, keepCategory, keepTask, keepUser, makeTask } from "../../support/entities.ts"
import { timesAtOnce } from "../../support/interleaving.ts"

const renamed = (account: UserAccount, name: string): UserAccount => ({ ...account, fullName: FullName.make(name) })

const retitled = (task: Task, title: string): Task => ({
  ...task,
  title: TaskTitle.make(title),
  version: nextVersion(task.version),
})

export const isolation = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("never shows writes that a unit rolled back", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = makeTask(userId)
      const written = yield* Deferred.make<void>()
      const look = Effect.andThen(Deferred.await(written), tasks.exists(task.id))
      const looking = yield* Effect.forkChild(look)
      yield* Effect.ignore(
        atomically(
          Effect.gen(function* () {
            yield* tasks.insert(task)
            yield* Deferred.succeed(written, undefined)
            // Time for the other fiber to read. The unit must not wait for it: in a store with one
            // connection, that fiber waits for the unit.
            yield* Effect.sleep("20 millis")
            return yield* Effect.fail("refused")
          }),
        ),
      )
      expect(yield* Fiber.join(looking)).toBe(false)
    }),
  )

  it.effect("keeps the write of another fiber when a unit rolls back", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const [mine, plain] = [makeTask(userId), makeTask(other)]
      const written = yield* Deferred.make<void>()
      const writing = yield* Effect.forkChild(Effect.andThen(Deferred.await(written), tasks.insert(plain)))
      yield* Effect.ignore(
        atomically(
          Effect.gen(function* () {
            yield* tasks.insert(mine)
            yield* Deferred.succeed(written, undefined)
            yield* Effect.sleep("20 millis")
            return yield* Effect.fail("refused")
          }),
        ),
      )
      yield* Fiber.join(writing)
      expect(yield* tasks.exists(plain.id)).toBe(true)
      expect(yield* tasks.exists(mine.id)).toBe(false)
    }),
  )

  it.effect("loses none of 20 concurrent changes of a task that is read for update", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const unit = atomically(
        Effect.gen(function* () {
          const before = yield* tasks.getForUpdate(task.userId, task.id)
          yield* Effect.sleep("1 millis")
          const after = yield* Effect.fromResult(
            change(before, { title: TaskTitle.make(`Change ${before.version}`) }, at(1)),
          )
          yield* tasks.update(before, after)
        }),
      )
      yield* timesAtOnce(20, unit)
      expect((yield* tasks.get(task.userId, task.id)).version).toBe(21)
    }),
  )

  it.effect("loses none of 20 concurrent changes of an account that is read for update", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const accounts = yield* AccountRepository
      const { id } = yield* keepAccount({ fullName: FullName.make("0") })
      const unit = atomically(
        Effect.gen(function* () {
          const account = yield* accounts.getForUpdate(id)
          yield* Effect.sleep("1 millis")
          yield* accounts.update(renamed(account, String(Number(account.fullName) + 1)))
        }),
      )
      yield* timesAtOnce(20, unit)
      expect((yield* accounts.get(id)).fullName).toBe(FullName.make("20"))
    }),
  )

  it.effect("delays a plain write to a task that a unit has locked until the unit ends", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const held = yield* Deferred.make<void>()
      const plain = yield* Effect.forkChild(
        Effect.andThen(Deferred.await(held), Effect.flip(tasks.update(task, retitled(task, "From outside")))),
      )
      const after = retitled(task, "From the unit")
      yield* atomically(
        Effect.gen(function* () {
          const before = yield* tasks.getForUpdate(task.userId, task.id)
          yield* Deferred.succeed(held, undefined)
          yield* Effect.sleep("20 millis")
          yield* tasks.update(before, after)
        }),
      )
      expect((yield* Fiber.join(plain))._tag).toBe("VersionConflict")
      expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(after)
    }),
  )

  it.effect("delays writes to a user's categories until a unit that locked one of the user's tasks ends", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const categories = yield* CategoryRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const category = yield* keepCategory(userId)
      const held = yield* Deferred.make<void>()
      const renamed = (name: string) => changeCategory(category, { name: CategoryName.make(name) }, at(1))
      const plain = yield* Effect.forkChild(
        Effect.andThen(Deferred.await(held), Effect.flip(categories.update(category, renamed("From outside")))),
      )
      const after = renamed("From the unit")
      yield* atomically(
        Effect.gen(function* () {
          yield* tasks.getForUpdate(userId, task.id)
          yield* Deferred.succeed(held, undefined)
          yield* Effect.sleep("20 millis")
          yield* categories.update(category, after)
        }),
      )
      expect((yield* Fiber.join(plain))._tag).toBe("CategoryVersionConflict")
      expect(yield* categories.list(userId)).toStrictEqual([after])
    }),
  )
}
