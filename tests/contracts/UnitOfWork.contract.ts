/** The contract suite of the `UnitOfWork` port, which every adapter of it runs with its repositories. */
import { assert, layer } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, type Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import type { Repositories } from "../../application/Ports.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { issue } from "../../domain/accounts/EmailVerification.ts"
import { FullName, type UserAccount } from "../../domain/accounts/UserAccount.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { nextVersion } from "../../domain/shared/Version.ts"
import { change, type Task, TaskTitle } from "../../domain/tasks/Task.ts"
import {
  at,
  keepAccount,
  keepCategory,
  keepTask,
  keepUser,
  makeAccount,
  makeCategory,
  makeQuery,
  makeSession,
  makeTask,
  newTaskId,
  newTokenHash,
} from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const renamed = (account: UserAccount, name: string): UserAccount => ({ ...account, fullName: FullName.make(name) })

const retitled = (task: Task, title: string): Task => ({
  ...task,
  title: TaskTitle.make(title),
  version: nextVersion(task.version),
})

/** Makes one write through every repository. `isKept` tells for each whether it can be read. */
const everyWrite = Effect.gen(function* () {
  const accounts = yield* AccountRepository
  const categories = yield* CategoryRepository
  const tasks = yield* TaskRepository
  const sessions = yield* SessionRepository
  const verifications = yield* EmailVerificationRepository
  const outbox = yield* Outbox
  const old = yield* keepAccount()
  const [updated, deleted] = [yield* keepTask(old.id), yield* keepTask(old.id)]
  const emptied = yield* keepCategory(old.id)
  const fresh = makeAccount()
  const task = makeTask(fresh.id)
  const category = makeCategory(fresh.id)
  const { session, token } = makeSession(fresh.id)
  const verification = issue(fresh.id, newTokenHash(), at(0))
  return {
    write: Effect.gen(function* () {
      yield* accounts.insert(fresh)
      yield* accounts.update(renamed(old, "Grace Hopper"))
      yield* categories.insert(category)
      yield* categories.delete(old.id, emptied.id)
      yield* tasks.insert(task)
      yield* tasks.update(task, { ...retitled(task, "Changed"), categories: [category] })
      yield* tasks.update(updated, retitled(updated, "Changed"))
      yield* tasks.delete(old.id, deleted.id, at(1))
      yield* sessions.insert(session, token)
      yield* verifications.replace(verification)
      yield* outbox.add({ id: newTaskId(), userId: fresh.id, kind: "VerifyEmail", createdAt: at(0) })
    }),
    isKept: Effect.gen(function* () {
      return {
        inserted: Option.isSome(yield* accounts.findByEmail(fresh.email)),
        renamed: (yield* accounts.get(old.id)).fullName === "Grace Hopper",
        category: yield* categories.exists(category.id),
        categoryDeleted: !(yield* categories.exists(emptied.id)),
        task: yield* tasks.exists(task.id),
        taskUpdated: (yield* tasks.get(old.id, updated.id)).title === "Changed",
        taskDeleted: !(yield* tasks.exists(deleted.id)),
        email: (yield* outbox.countSince(fresh.id, "VerifyEmail", at(0))) === 1,
        session: Option.isSome(yield* sessions.findByTokenForUpdate(fresh.id, token.hash)),
      }
    }),
    /** Read separately, because the read consumes it. */
    hadVerification: Effect.map(verifications.take(fresh.id, verification.tokenHash), Option.isSome),
  }
})

const all = (isKept: boolean) => ({
  inserted: isKept,
  renamed: isKept,
  category: isKept,
  categoryDeleted: isKept,
  task: isKept,
  taskUpdated: isKept,
  taskDeleted: isKept,
  email: isKept,
  session: isKept,
})

/** Registers the tests of every promise that a `UnitOfWork` makes, together with the repositories of its store. */
export const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`UnitOfWork: ${name}`, (it) => {
    it.effect("keeps all writes of a unit that succeeds, and gives its value", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const { hadVerification, isKept, write } = yield* everyWrite
        assert.strictEqual(yield* atomically(Effect.as(write, "done")), "done")
        assert.deepStrictEqual(yield* isKept, all(true))
        assert.isTrue(yield* hadVerification)
      }),
    )

    it.effect("shows a unit its own writes", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const { isKept, write } = yield* everyWrite
        assert.deepStrictEqual(yield* atomically(Effect.andThen(write, isKept)), all(true))
      }),
    )

    it.effect("keeps no write of a unit that fails, and passes the failure on", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const { hadVerification, isKept, write } = yield* everyWrite
        const failed = Effect.andThen(write, Effect.fail("refused" as const))
        assert.strictEqual(yield* Effect.flip(atomically(failed)), "refused")
        assert.deepStrictEqual(yield* isKept, all(false))
        assert.isFalse(yield* hadVerification)
      }),
    )

    it.effect("keeps no write of a unit that dies, and passes the defect on", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const { hadVerification, isKept, write } = yield* everyWrite
        const exit = yield* Effect.exit(atomically(Effect.andThen(write, Effect.die("broken"))))
        assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) === "broken")
        assert.deepStrictEqual(yield* isKept, all(false))
        assert.isFalse(yield* hadVerification)
      }),
    )

    it.effect("keeps no write of a unit that is interrupted, and lets the next one begin", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const { hadVerification, isKept, write } = yield* everyWrite
        const written = yield* Deferred.make<void>()
        const unit = yield* Effect.forkChild(
          atomically(Effect.andThen(write, Effect.andThen(Deferred.succeed(written, undefined), Effect.never))),
        )
        yield* Deferred.await(written)
        yield* Fiber.interrupt(unit)
        assert.deepStrictEqual(yield* isKept, all(false))
        assert.isFalse(yield* hadVerification)
        yield* atomically(write)
        assert.deepStrictEqual(yield* isKept, all(true))
      }),
    )

    it.effect("joins the writes of fibers that the unit waits for", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const three = [makeTask(userId), makeTask(userId), makeTask(userId)]
        const insertAll = Effect.forEach(three, tasks.insert, { concurrency: "unbounded", discard: true })
        yield* Effect.ignore(atomically(Effect.andThen(insertAll, Effect.fail("refused"))))
        assert.strictEqual((yield* tasks.list(userId, makeQuery())).total, 0)
        yield* atomically(insertAll)
        assert.strictEqual((yield* tasks.list(userId, makeQuery())).total, 3)
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
        assert.isFalse(yield* tasks.exists(outer.id))
        assert.isFalse(yield* tasks.exists(inner.id))
        yield* atomically(both)
        assert.isTrue(yield* tasks.exists(outer.id))
        assert.isTrue(yield* tasks.exists(inner.id))
      }),
    )

    it.effect("takes back the inner unit alone where the outer one handles its failure", () =>
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
        assert.deepStrictEqual(kept, [true, false, true])
      }),
    )

    it.effect("goes on after a refusal that it handles", () =>
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
            assert.deepStrictEqual(
              refusals.map(({ _tag }) => _tag),
              ["EmailTaken", "CategoryNameTaken", "VersionConflict", "CategoryNotFound"],
            )
            yield* tasks.insert(last)
          }),
        )
        assert.isTrue(yield* tasks.exists(last.id))
        assert.deepStrictEqual(yield* tasks.get(account.id, current.id), current)
      }),
    )

    it.effect("shows nobody what a unit wrote and took back", () =>
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
        assert.isFalse(yield* Fiber.join(looking))
      }),
    )

    it.effect("takes back nobody else's writes", () =>
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
        assert.isTrue(yield* tasks.exists(plain.id))
        assert.isFalse(yield* tasks.exists(mine.id))
      }),
    )

    it.effect("holds others off a task that it read for update: of 20 changes at once none is lost", () =>
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
        assert.strictEqual((yield* tasks.get(task.userId, task.id)).version, 21)
      }),
    )

    it.effect("holds others off an account that it read for update: of 20 changes at once none is lost", () =>
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
        assert.strictEqual((yield* accounts.get(id)).fullName, FullName.make("20"))
      }),
    )

    it.effect("keeps a plain write out of a task that a unit holds until it ends", () =>
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
        assert.strictEqual((yield* Fiber.join(plain))._tag, "VersionConflict")
        assert.deepStrictEqual(yield* tasks.get(task.userId, task.id), after)
      }),
    )
  })
