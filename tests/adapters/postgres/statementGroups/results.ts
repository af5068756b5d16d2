/** Tests that each read and write of a group has the result, the change and the record that it has alone. */
import { PgClient } from "@effect/sql-pg"
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { ChangeRepository } from "../../../../application/changes/ChangeRepository.ts"
import { CurrentMutation } from "../../../../application/changes/Mutation.ts"
import { TaskRepository } from "../../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import {
  at,
  keepTask,
  makeQuery,
  makeRecord,
  makeTask,
  newChangeId,
  newTaskId,
  newUserId,
} from "../../../support/entities.ts"
import { changesOf, insert, type Stores, statements, texts, together, users, withoutIds } from "./groupedWrites.ts"

/** Returns the user at that place, beginning again after the last. */
const ownerAt = (owners: ReadonlyArray<UserId>, index = 0): UserId => owners[index % owners.length] ?? newUserId()

export const results = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("have the values, the change and the number in the history that a task alone has", () =>
    Effect.gen(function* () {
      const undoes = newChangeId()
      const fields = [{}, texts]
      for (const field of fields) {
        const [alone, ...others] = yield* users(16)
        if (alone === undefined) throw new Error("no user")
        const before = yield* statements
        yield* keepTask(alone, field).pipe(
          Effect.updateService(CurrentMutation, (mutation) => ({ ...mutation, undoes })),
        )
        const [expected] = yield* changesOf(alone)
        const made = others.map((userId) => makeTask(userId, field))
        const exits = yield* together(made.map((task) => insert(task, { undoes })))
        expect(exits.every(Exit.isSuccess)).toBe(true)
        const used = (yield* statements) - before
        expect(used).toBeGreaterThan(0)
        expect(used).toBeLessThan(made.length)
        const tasks = yield* TaskRepository
        for (const task of made) {
          expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(task)
          const [change, ...more] = yield* changesOf(task.userId)
          if (change === undefined || expected === undefined) throw new Error("no change")
          expect(more).toStrictEqual([])
          expect(withoutIds(change)).toStrictEqual(withoutIds(expected))
          expect([change.entityId, change.batchId]).toStrictEqual([task.id, change.id])
          expect((yield* tasks.list(task.userId, makeQuery())).total).toBe(1)
        }
      }
    }),
  )

  it.effect("read each task for its own user only", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const owners = yield* users(10)
      const kept = yield* Effect.forEach(owners, (userId) => keepTask(userId, texts))
      const deleted = yield* keepTask(ownerAt(owners), {})
      yield* tasks.delete(deleted.userId, deleted.id, at(1))
      const reads = [
        ...kept.map(({ id, userId }) => tasks.get(userId, id)),
        ...kept.map(({ id }, index) => tasks.get(ownerAt(owners, index + 1), id)),
        tasks.get(deleted.userId, deleted.id),
        tasks.get(newUserId(), newTaskId()),
      ]
      const before = yield* statements
      const results = yield* together(reads)
      expect((yield* statements) - before).toBeLessThan(reads.length)
      const found = results.slice(0, kept.length)
      expect(found).toStrictEqual(kept.map((task) => Exit.succeed(task)))
      for (const exit of results.slice(kept.length)) {
        expect(exit).toMatchObject(Exit.fail({ _tag: "TaskNotFound" }))
      }
    }),
  )

  it.effect("read how far each history goes, also for several requests of one user", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const owners = yield* users(10)
      for (const [index, userId] of owners.entries()) {
        for (let count = 0; count < index % 3; count++) yield* keepTask(userId)
      }
      const readers = [...owners, ...owners, newUserId()]
      const before = yield* statements
      const found = yield* together(
        readers.map((userId) => Effect.map(changes.latestOf([userId]), (latest) => latest.get(userId))),
      )
      expect((yield* statements) - before).toBeLessThan(owners.length)
      const expected = readers.map((_, index) => (index < 20 ? (index % 10) % 3 : undefined))
      expect(found).toStrictEqual(expected.map((latest) => Exit.succeed(latest)))
    }),
  )

  it.effect("of one user get one number of the history after the other", () =>
    Effect.gen(function* () {
      const [one, other] = yield* users(2)
      if (one === undefined || other === undefined) throw new Error("no user")
      const made = Array.from({ length: 20 }, (_, index) => makeTask(index % 2 === 0 ? one : other))
      expect((yield* together(made.map((task) => insert(task)))).every(Exit.isSuccess)).toBe(true)
      for (const userId of [one, other]) {
        const changes = yield* changesOf(userId)
        expect(changes.map(({ seq }) => seq)).toStrictEqual(Array.from({ length: 10 }, (_, index) => index + 1))
        const tasks = yield* TaskRepository
        expect((yield* tasks.list(userId, makeQuery())).total).toBe(10)
      }
    }),
  )

  it.effect("report each written one to its own mutation, and keep its idempotency record", () =>
    Effect.gen(function* () {
      const owners = yield* users(8)
      const reported: Array<UserId> = []
      const records = owners.map(() => makeRecord())
      const inserts = owners.map((userId, index) =>
        insert(makeTask(userId), {
          record: index % 2 === 0 ? (records[index] ?? null) : null,
          onChange: (changed) => reported.push(changed),
        }),
      )
      expect((yield* together(inserts)).every(Exit.isSuccess)).toBe(true)
      expect(reported.toSorted()).toStrictEqual(owners.toSorted())
      const sql = yield* PgClient.PgClient
      const kept = yield* sql<{ user_id: UserId; key: string; fingerprint: string; response: string }>`
        SELECT user_id, key, fingerprint, response FROM idempotency_records WHERE user_id IN ${sql.in(owners)}`
      expect(kept.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toStrictEqual(
        records
          .flatMap(({ at: _, ...record }, index) => (index % 2 === 0 ? [{ user_id: owners[index], ...record }] : []))
          .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      )
      // A key that is in use stops its own task alone.
      const again = yield* together(
        owners.map((userId, index) => insert(makeTask(userId), { record: index === 4 ? (records[4] ?? null) : null })),
      )
      expect(again.map(Exit.isSuccess)).toStrictEqual(owners.map((_, index) => index !== 4))
    }),
  )
}
