/** The tests of the data that a change takes from its mutation, and of the writes that record nothing. */
import { expect, type Vitest } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { SessionRepository } from "../../../application/accounts/sessions/SessionRepository.ts"
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
import { ActorName } from "../../../domain/changes/Actor.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  makeCategory,
  makeSession,
  makeTask,
  newSessionId,
} from "../../support/entities.ts"
import { changed } from "../taskRepository/fixtures.ts"
import { historyOf, makeMutation, makeToken, newestOf, summaryOf, within } from "./fixtures.ts"

const keepSession = Effect.fnUntraced(function* (userId: UserId, device: "unknown" | "known" = "known") {
  const sessions = yield* SessionRepository
  const { session, token } = makeSession(userId)
  const kept = device === "known" ? session : { ...session, device: null }
  yield* sessions.insert(kept, token)
  return kept
})

export const origins = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("names the library as the actor without a mutation, and makes each change its own batch", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* keepTask(userId)
      yield* keepCategory(userId)
      for (const { actor, batchId, id, requestId, undoes } of yield* historyOf(userId)) {
        expect({ actor, batchId, requestId, undoes }).toStrictEqual({
          actor: { kind: "system", id: null, name: "library" },
          batchId: id,
          requestId: null,
          undoes: null,
        })
      }
    }),
  )

  it.effect("names a session without a name after its device, as far as it is known", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const [known, unknown] = [yield* keepSession(userId), yield* keepSession(userId, "unknown")]
      const others = yield* keepSession(other)
      const named = { kind: "session", id: known.id, name: ActorName.make("Ada's telephone") } as const
      const actors = [
        { actor: { kind: "session", id: known.id, name: null }, name: "Firefox on Linux" },
        { actor: { kind: "session", id: unknown.id, name: null }, name: null },
        { actor: { kind: "session", id: newSessionId(), name: null }, name: null },
        { actor: { kind: "session", id: others.id, name: null }, name: null },
        { actor: named, name: named.name },
        { actor: { ...makeToken(), name: null }, name: null },
      ] as const
      const tasks = yield* TaskRepository
      for (const { actor, name } of actors) {
        const task = makeTask(userId)
        yield* within(makeMutation({ actor }))(tasks.insert(task))
        expect((yield* newestOf(userId)).actor).toStrictEqual({ ...actor, name })
        yield* within(makeMutation({ actor }))(tasks.delete(userId, task.id, at(1)))
        yield* within(makeMutation({ actor }))(tasks.purge(userId, [task.id], at(2)))
        const purged = yield* newestOf(userId)
        expect(purged.op).toBe("purged")
        expect(purged.actor).toStrictEqual({ ...actor, name })
      }
    }),
  )

  it.effect("tells the mutation of each write that records a change, and of no other", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const told: Array<UserId> = []
      const mutation = makeMutation({ onChange: (changedUser) => void told.push(changedUser) })
      const told1 = <A, E, R>(write: Effect.Effect<A, E, R>) =>
        Effect.gen(function* () {
          told.length = 0
          const result = yield* within(mutation)(write)
          expect(told).toStrictEqual([userId])
          return result
        })
      const category = makeCategory(userId)
      yield* told1(categories.insert(category))
      const renamed = changeCategory(category, { name: CategoryName.make("Renamed") }, at(1))
      yield* told1(categories.update(category, renamed))
      const gone = yield* told1(categories.delete(userId, category.id, at(2)))
      yield* told1(categories.restore(gone, restoreCategory(gone, at(3))))
      const task = makeTask(userId)
      yield* told1(tasks.insert(task))
      yield* told1(tasks.update(task, changed(task, { priority: "high" })))
      const deleted = yield* told1(tasks.delete(userId, task.id, at(4)))
      yield* told1(tasks.restore(deleted, restore(deleted, at(5))))
      yield* told1(tasks.delete(userId, task.id, at(6)))
      yield* told1(tasks.purge(userId, [task.id], at(7)))

      told.length = 0
      const refused = yield* Effect.exit(within(mutation)(tasks.update(task, changed(task))))
      expect(Exit.isFailure(refused)).toBe(true)
      yield* within(mutation)(tasks.purge(userId, [task.id], at(8)))
      expect(told).toStrictEqual([])
    }),
  )

  it.effect("records nothing for a write that fails or changes nothing", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const category = yield* keepCategory(userId)
      const second = yield* keepCategory(userId, { name: CategoryName.make("Second") })
      const task = yield* keepTask(userId)
      const current = changed(task, { priority: "high" })
      yield* tasks.update(task, current)
      const foreign = yield* keepTask(other)
      const before = yield* historyOf(userId)
      const missing = makeCategory(userId, { name: CategoryName.make("Missing") })
      const living = { task: current, deletedAt: at(1) }
      const writes: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
        tasks.insert(makeTask(userId, { categories: [missing] })),
        tasks.update(task, changed(task, { priority: "low" })),
        tasks.update(current, changed(current, { categories: [missing] })),
        tasks.update({ ...foreign, userId }, changed({ ...foreign, userId })),
        tasks.delete(userId, task.id, at(1), [nextVersion(current.version)]),
        tasks.delete(userId, foreign.id, at(1)),
        tasks.restore(living, restore(living, at(2))),
        categories.insert(makeCategory(userId)),
        categories.update({ ...category, version: nextVersion(category.version) }, category),
        categories.update(second, changeCategory(second, { name: category.name }, at(1))),
        categories.delete(userId, missing.id, at(1)),
        categories.restore({ category, deletedAt: at(1) }, category),
      ]
      for (const write of writes) expect(Exit.isFailure(yield* Effect.exit(write))).toBe(true)
      expect(yield* tasks.purge(userId, [task.id, foreign.id], at(1))).toStrictEqual([])
      expect(Exit.isFailure(yield* Effect.exit(tasks.insert({ ...task, version: current.version })))).toBe(true)
      // Neither has another value than before.
      yield* tasks.update(current, changed(current))
      yield* categories.update(category, { ...category, version: nextVersion(category.version) })
      expect(yield* historyOf(userId)).toStrictEqual(before)
      // No number was taken: the next change has the next one.
      yield* keepTask(userId)
      expect((yield* newestOf(userId)).seq).toBe(before.length + 1)
    }),
  )

  it.effect("records nothing of a unit of work that fails, and leaves no gap", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const writes = Effect.gen(function* () {
        yield* changes.lock(userId)
        yield* tasks.insert(makeTask(userId))
        yield* keepCategory(userId)
        yield* tasks.delete(userId, task.id, at(1))
        expect((yield* changes.ends(userId)).latest.seq).toBe(4)
      })
      const before = yield* changes.ends(userId)
      expect(yield* Effect.flip(atomically(Effect.andThen(writes, Effect.fail("refused"))))).toBe("refused")
      const exit = yield* Effect.exit(atomically(Effect.andThen(writes, Effect.die("broken"))))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause) === "broken").toBe(true)
      expect(yield* changes.ends(userId)).toStrictEqual(before)
      expect(summaryOf(yield* historyOf(userId))).toStrictEqual([
        { entityId: task.id, op: "created", seq: 1, version: 1 },
      ])
      yield* atomically(writes)
      expect((yield* historyOf(userId)).map(({ op, seq }) => [seq, op])).toStrictEqual([
        [1, "created"],
        [2, "created"],
        [3, "created"],
        [4, "deleted"],
      ])
    }),
  )

  it.effect("keeps the changes of an outer unit if an inner one fails", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [first, inner, last] = [makeTask(userId), makeTask(userId), makeTask(userId)]
      yield* atomically(
        Effect.gen(function* () {
          yield* tasks.insert(first)
          yield* Effect.ignore(atomically(Effect.andThen(tasks.insert(inner), Effect.fail("refused"))))
          yield* tasks.insert(last)
        }),
      )
      expect(summaryOf(yield* historyOf(userId))).toStrictEqual([
        { entityId: first.id, op: "created", seq: 1, version: 1 },
        { entityId: last.id, op: "created", seq: 2, version: 1 },
      ])
    }),
  )
}
