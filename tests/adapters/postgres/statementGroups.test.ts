/** Holds reads and writes of several users in one statement to what each of them does alone. */
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, References, Result } from "effect"
import { SqlError } from "effect/sql"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { describe } from "vitest"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { statementGroups } from "../../../adapters/postgres/StatementGroups.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { CurrentMutation, type Mutation } from "../../../application/changes/Mutation.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import {
  at,
  keepTask,
  keepUser,
  makeQuery,
  makeRecord,
  makeTask,
  newChangeId,
  newTaskId,
  newUserId,
} from "../../support/entities.ts"
import { measuredStatements } from "../../support/metrics.ts"
import { describeOnPostgres, freshRepositories } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"
import { taskPatch, taskValues } from "../../support/taskValues.ts"

/** Each statement of the repositories is a request of its own to this test, without a trace. */
const untraced = Effect.provideService(References.TracerEnabled, false)

const insert = (task: Task, mutation: Partial<Mutation> = {}) =>
  Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const current = yield* CurrentMutation
    return yield* Effect.provideService(tasks.insert(task), CurrentMutation, { ...current, ...mutation })
  })

const together = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) =>
  untraced(Effect.all(effects.map(Effect.exit), { concurrency: "unbounded" }))

const names = [
  "tasks.select_by_id",
  "tasks.select_by_ids",
  "tasks.insert",
  "tasks.update_fields",
  "tasks.mark_deleted",
  "tasks.mark_version_deleted",
]
const statements = Effect.sync(() => names.reduce((sum, name) => sum + (measuredStatements().get(name)?.count ?? 0), 0))

const users = (count: number) => Effect.all(Array.from({ length: count }, () => keepUser))

/** Returns the user at that place, beginning again after the last. */
const ownerAt = (owners: ReadonlyArray<UserId>, index = 0): UserId => owners[index % owners.length] ?? newUserId()

const changesOf = (userId: UserId) =>
  Effect.flatMap(ChangeRepository, (changes) => changes.readAfter(userId, null, ["task", "category"], 100)).pipe(
    Effect.map((page) => page.changes),
  )

const withoutIds = ({ batchId, entityId, id, ...rest }: Change) => rest

/** A user, and the tasks that it has inserted, as they were last seen. */
interface Writer {
  readonly userId: UserId
  readonly tasks: Array<Task>
}

const writers = (count: number) =>
  Effect.map(users(count), (ids) => ids.map((userId): Writer => ({ userId, tasks: [] })))

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ insert: taskValues }) },
  { weight: 4, arbitrary: fc.record({ update: taskPatch, isStale: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.constantFrom("any", "right", "wrong") }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Carries out the step. The result says what became of the task, without its ids. */
const perform = ({ tasks, userId }: Writer, turn: number, todo: Step) =>
  Effect.gen(function* () {
    const repository = yield* TaskRepository
    const task = tasks.at(-1)
    if ("insert" in todo || task === undefined) {
      const { categoryIds: _, ...values } = "insert" in todo ? todo.insert : noValues
      const made = makeTask(userId, values)
      tasks.push(made)
      yield* repository.insert(made)
      return "inserted"
    }
    const hasRightVersion = "update" in todo ? !todo.isStale : todo.remove !== "wrong"
    const version = hasRightVersion ? task.version : nextVersion(task.version)
    if ("update" in todo) {
      const { categoryIds: _, ...changes } = todo.update
      const updated = yield* repository.updateFields(userId, task.id, version, changes, at(turn))
      if (updated !== null) tasks.splice(-1, 1, updated)
      return updated === null ? null : withoutOwner(updated)
    }
    const accepted = todo.remove === "any" ? "any" : [version]
    const deleted = yield* Effect.result(repository.delete(userId, task.id, at(turn), accepted))
    if (Result.isFailure(deleted)) return deleted.failure._tag
    tasks.pop()
    return { ...withoutOwner(deleted.success.task), deletedAt: deleted.success.deletedAt }
  })

const noValues = { categoryIds: [] }
const withoutOwner = ({ id: _, userId: __, ...rest }: Task) => rest

const texts: Partial<Task> = {
  title: TaskTitle.make('Gieße "alle" \\Blumen\\ 🌱'),
  description: TaskDescription.make("two\nlines, and a 'quote'"),
  status: "in_progress",
  priority: "high",
  dueDate: at(3600),
}

const suite = (
  repositories: Layer.Layer<
    | ChangeRepository
    | PgClient.PgClient
    | TaskRepository
    | UnitOfWork
    | Layer.Success<typeof PostgresRepositories.layer>,
    unknown
  >,
): void =>
  layer(repositories, { excludeTestServices: true, timeout: 120_000 })((it) => {
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

    it.effect("leave the tasks, the results and the histories that the same writes leave one after the other", () =>
      Effect.gen(function* () {
        const steps = fc.sample(fc.array(step, { minLength: 8, maxLength: 8 }), { numRuns: 12, seed: 20_261_127 })
        const grouped = yield* writers(steps.length)
        const serial = yield* writers(steps.length)
        const counts = { grouped: 0, serial: 0 }
        for (let turn = 0; turn < 8; turn++) {
          const turnOf = (all: ReadonlyArray<Writer>) =>
            all.map((writer, index) => perform(writer, turn, steps[index]?.[turn] ?? { remove: "any" }))
          const start = yield* statements
          const results = yield* together(turnOf(grouped))
          const middle = yield* statements
          const expected: Array<unknown> = []
          for (const write of turnOf(serial)) expected.push(yield* Effect.exit(write))
          expect(results).toStrictEqual(expected)
          counts.grouped += middle - start
          counts.serial += (yield* statements) - middle
        }
        expect(counts.grouped).toBeLessThan(counts.serial)
        for (const [index, { userId }] of grouped.entries()) {
          const history = (yield* changesOf(userId)).map(withoutIds)
          const twin = serial[index]
          expect(history.length).toBeGreaterThan(0)
          expect(history).toStrictEqual((yield* changesOf(twin?.userId ?? userId)).map(withoutIds))
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
          owners.map((userId, index) =>
            insert(makeTask(userId), { record: index === 4 ? (records[4] ?? null) : null }),
          ),
        )
        expect(again.map(Exit.isSuccess)).toStrictEqual(owners.map((_, index) => index !== 4))
      }),
    )

    it.effect("fail alone: without an account, or with an id that is in use", () =>
      Effect.gen(function* () {
        const owners = yield* users(6)
        const [first] = owners
        if (first === undefined) throw new Error("no user")
        const used = yield* keepTask(first)
        const exits = yield* together([
          ...owners.map((userId, index) => insert(makeTask(userId, index === 0 ? { id: used.id } : {}))),
          insert(makeTask(newUserId())),
        ])
        expect(exits.map(Exit.isSuccess)).toStrictEqual([false, true, true, true, true, true, false])
        expect(exits.at(-1)).toMatchObject(Exit.fail({ _tag: "AccountNotFound" }))
        for (const userId of owners) {
          const seqs = (yield* changesOf(userId)).map(({ seq }) => seq)
          expect(seqs).toStrictEqual([1])
        }
      }),
    )

    it.effect("are not written if their caller leaves before their group begins, and are if it leaves later", () =>
      Effect.gen(function* () {
        const owners = yield* users(12)
        const made = owners.map((userId) => makeTask(userId))
        const reported: Array<UserId> = []
        const fibers = yield* untraced(
          Effect.all(
            made.map((task) =>
              Effect.forkChild(insert(task, { onChange: (changed) => reported.push(changed) }), {
                startImmediately: true,
              }),
            ),
          ),
        )
        yield* Fiber.interruptAll(fibers)
        const tasks = yield* TaskRepository
        const isWritten = yield* Effect.forEach(made, (task) => tasks.exists(task.id))
        expect(owners.filter((_, index) => isWritten[index]).toSorted()).toStrictEqual(reported.toSorted())
        expect(isWritten.slice(2)).toContain(false)
        // The next ones are written as before.
        expect((yield* together(owners.map((userId) => insert(makeTask(userId))))).every(Exit.isSuccess)).toBe(true)
      }),
    )

    it.effect("in a unit of work belong to it", () =>
      Effect.gen(function* () {
        const owners = yield* users(6)
        const { atomically } = yield* UnitOfWork
        const made = owners.map((userId) => makeTask(userId))
        const exits = yield* together(
          made.map((task, index) =>
            index === 3 ? atomically(Effect.andThen(insert(task), Effect.fail("no" as const))) : insert(task),
          ),
        )
        expect(exits.map(Exit.isSuccess)).toStrictEqual(made.map((_, index) => index !== 3))
        const tasks = yield* TaskRepository
        expect(yield* Effect.forEach(made, (task) => tasks.exists(task.id))).toStrictEqual(made.map((_, i) => i !== 3))
      }),
    )
  })

describe("statements of groups on the embedded database", () =>
  suite(PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase))))

describe("groups", () => {
  it.effect("are given up once the database does not support their statement", () =>
    Effect.gen(function* () {
      const tried: Array<number> = []
      const cause = Object.assign(new Error("not supported"), { code: "0A000" })
      const error = new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause, message: cause.message }) })
      const write = statementGroups<number, number, string>({
        maxSize: 32,
        keyOf: (item) => item,
        mayRunAlone: () => false,
        runGroup: (items) => {
          tried.push(...items)
          return Effect.fail(error)
        },
      })
      const alone = Effect.delay(Effect.succeed("alone"), 1)
      const writes = [1, 2, 3].map((item) => write(item, alone, (row) => row))
      for (const _ of [1, 2]) {
        const results = yield* Effect.forkChild(Effect.all(writes, { concurrency: "unbounded" }))
        yield* TestClock.adjust(10)
        expect(yield* Fiber.join(results)).toStrictEqual(["alone", "alone", "alone"])
      }
      expect(tried).toStrictEqual([2])
    }),
  )
})

describeOnPostgres("statements of groups on PostgreSQL", () => {
  suite(freshRepositories())

  layer(freshRepositories(), { excludeTestServices: true, timeout: 120_000 })((it) => {
    it.effect("do not wait for the lock of a user among them", () =>
      Effect.gen(function* () {
        const owners = yield* users(6)
        const [locked, ...others] = owners
        if (locked === undefined) throw new Error("no user")
        const sql = yield* PgClient.PgClient
        const { atomically } = yield* UnitOfWork
        const [isLocked, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const lock = Effect.andThen(
          sql`SELECT FROM change_heads WHERE user_id = ${locked} FOR UPDATE`,
          Effect.andThen(Deferred.succeed(isLocked, undefined), Deferred.await(release)),
        )
        const holder = yield* Effect.forkChild(atomically(lock))
        yield* Deferred.await(isLocked)
        const waiting = yield* Effect.forkChild(together([insert(makeTask(locked)), insert(makeTask(locked))]))
        const exits = yield* together(others.map((userId) => insert(makeTask(userId))))
        expect(exits.every(Exit.isSuccess)).toBe(true)
        yield* Deferred.succeed(release, undefined)
        yield* Fiber.join(holder)
        expect((yield* Fiber.join(waiting)).every(Exit.isSuccess)).toBe(true)
        expect((yield* changesOf(locked)).map(({ seq }) => seq)).toStrictEqual([1, 2])
      }),
    )
  })
})
