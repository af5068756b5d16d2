/** Holds the kept number of a user's tasks to the number of rows, after every kind of write and beside an older server. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import * as fc from "fast-check"
import { describe } from "vitest"
import * as PooledSecureRandom from "../../../adapters/crypto/PooledSecureRandom.ts"
import * as UuidV7Generator from "../../../adapters/crypto/UuidV7Generator.ts"
import { addTaskCounts } from "../../../adapters/postgres/migrations/0012_task_counts.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { lockFirst } from "../../../application/changes/LockFirst.ts"
import { undoChanges } from "../../../application/changes/UndoChanges.ts"
import { ExpiredRecords } from "../../../application/cleanup/ExpiredRecords.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { BatchId } from "../../../domain/changes/BatchId.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { performBatch, type Things } from "../../application/undo/operations.ts"
import { before } from "../../contracts/expiredRecords/fixtures.ts"
import { operation } from "../../support/changeModel.ts"
import { at, keepTask, keepUser, limit, makeQuery, newSessionId, page } from "../../support/entities.ts"
import { describeOnPostgres, repositoriesInOwnDatabase } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"
import { asRequest } from "../../support/requests.ts"

const session = newSessionId()

interface Counts {
  /** Null if it is not known. */
  readonly kept: number | null
  readonly counted: number
}

const countsOf = (userId: UserId) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [counts] = yield* sql<Counts>`SELECT
      (SELECT task_count FROM change_heads WHERE user_id = ${userId} AND task_count_seq = seq) AS kept,
      (SELECT count(*)::int FROM tasks WHERE user_id = ${userId} AND deleted_at IS NULL) AS counted`
    return counts
  })

const totalOf = (userId: UserId) =>
  Effect.gen(function* () {
    const tasks = yield* TaskRepository
    return (yield* tasks.list(userId, makeQuery({ limit: limit(1) }))).total
  })

/** Writes a task as a server of the version before: it raises the number of the history alone. */
const writeAsOlderServer = (userId: UserId) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql`WITH next AS (UPDATE change_heads SET seq = seq + 1 WHERE user_id = ${userId} RETURNING user_id)
      INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at)
      SELECT user_id, gen_random_uuid(), 'A task', 'pending', 'low', 1, now(), now() FROM next`
  })

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ operations: fc.array(operation, { maxLength: 12, size: "max" }) }) },
    { weight: 2, arbitrary: fc.record({ undo: fc.nat({ max: 20 }) }) },
    { weight: 1, arbitrary: fc.record({ rolledBack: fc.array(operation, { maxLength: 12, size: "max" }) }) },
    { weight: 1, arbitrary: fc.record({ purge: fc.array(fc.nat({ max: 20 }), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ cleanUp: true }) },
  ),
  { maxLength: 10, size: "max" },
)

type Step = typeof steps extends fc.Arbitrary<ReadonlyArray<infer S>> ? S : never

const take = Effect.fnUntraced(function* (things: Things, done: Array<BatchId>, step: Step) {
  const { userId } = things
  if ("operations" in step) {
    const batchId = yield* performBatch(things, session, step.operations)
    if (batchId !== null) done.push(batchId)
  } else if ("undo" in step) {
    const batchId = done[step.undo % Math.max(done.length, 1)]
    if (batchId === undefined) return
    const undo = undoChanges({ userId, target: UndoTarget.Batch({ batchId }), isPartial: true, isDryRun: false })
    const { result } = yield* asRequest(session, undo)
    if (result.batchId !== null) done.push(result.batchId)
  } else if ("rolledBack" in step) {
    const copy = { ...things, tasks: [...things.tasks], categories: [...things.categories] }
    const unit = Effect.andThen(performBatch(copy, session, step.rolledBack), Effect.fail("rolled back"))
    yield* Effect.flip(lockFirst(userId, unit))
  } else if ("purge" in step) {
    const ids = step.purge.flatMap((number) => things.tasks.slice(number, number + 1))
    yield* (yield* TaskRepository).purge(userId, ids, at(0))
  } else {
    const { removeBatch } = yield* ExpiredRecords
    const inTenYears = at(10 * 365 * 86_400)
    yield* (yield* UnitOfWork).atomically(removeBatch({ ...before(0), deletedTasks: inTenYears }, 2, at(0)))
  }
})

const walk = Effect.fnUntraced(function* (all: ReadonlyArray<Step>) {
  const things: Things = { userId: yield* keepUser, tasks: [], categories: [] }
  const done: Array<BatchId> = []
  for (const step of all) {
    yield* take(things, done, step)
    const counts = yield* countsOf(things.userId)
    expect(counts?.kept, JSON.stringify(step)).toBe(counts?.counted)
    expect(yield* totalOf(things.userId)).toBe(counts?.counted)
  }
})

const suite = (repositories: Layer.Layer<Repositories | PgClient.PgClient | SqlClient.SqlClient, unknown>) => {
  const ids = UuidV7Generator.layer.pipe(Layer.provide(PooledSecureRandom.layer))
  layer(Layer.merge(repositories, ids), { excludeTestServices: true })((it) => {
    it.effect("is right after each of any writes", () =>
      Effect.gen(function* () {
        const context = yield* Effect.context<Effect.Services<ReturnType<typeof walk>>>()
        const isRight = fc.asyncProperty(steps, (all) => Effect.runPromiseWith(context)(walk(all)))
        yield* Effect.promise(() => fc.assert(isRight, { numRuns: 25 }))
      }),
    )

    it.effect("is right after many writers at once", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const write = Effect.gen(function* () {
          const task = yield* keepTask(userId)
          yield* totalOf(userId)
          if (task.id.charCodeAt(task.id.length - 1) % 2 === 0) yield* tasks.delete(userId, task.id, at(0))
        })
        yield* Effect.all(
          Array.from({ length: 40 }, () => write),
          { concurrency: "unbounded" },
        )
        const counts = yield* countsOf(userId)
        expect(counts?.kept).toBe(counts?.counted)
      }),
    )

    it.effect("is not believed after the write of an older server, and is counted by the next list", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        yield* keepTask(userId)
        yield* writeAsOlderServer(userId)
        expect(yield* countsOf(userId)).toStrictEqual({ kept: null, counted: 2 })
        yield* keepTask(userId)
        expect(yield* countsOf(userId)).toStrictEqual({ kept: null, counted: 3 })
        expect(yield* totalOf(userId)).toBe(3)
        expect(yield* countsOf(userId)).toStrictEqual({ kept: 3, counted: 3 })
      }),
    )

    it.effect("is counted by a page beyond the end", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        yield* keepTask(userId)
        const beyond = makeQuery({ page: page(9), limit: limit(100) })
        expect((yield* tasks.list(userId, beyond)).total).toBe(1)
        yield* writeAsOlderServer(userId)
        expect((yield* tasks.list(userId, beyond)).total).toBe(2)
        expect(yield* countsOf(userId)).toStrictEqual({ kept: 2, counted: 2 })
      }),
    )

    it.effect("is unknown after the migration, which rewrites no row", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        yield* keepTask(userId)
        const file = sql<{ file: string }>`
          SELECT relfilenode::text AS file FROM pg_class WHERE oid = 'change_heads'::regclass`
        yield* sql`ALTER TABLE change_heads DROP COLUMN task_count, DROP COLUMN task_count_seq`
        const old = yield* file
        yield* sql.withTransaction(addTaskCounts)
        expect(yield* file).toStrictEqual(old)
        expect(yield* countsOf(userId)).toStrictEqual({ kept: null, counted: 1 })
        expect(yield* totalOf(userId)).toBe(1)
        expect(yield* countsOf(userId)).toStrictEqual({ kept: 1, counted: 1 })
        expect(yield* countsOf(yield* keepUser)).toStrictEqual({ kept: 0, counted: 0 })
      }),
    )
  })
}

describe("the kept number of tasks in the embedded database", () => {
  suite(PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase)))
})

describeOnPostgres("the kept number of tasks", () => suite(repositoriesInOwnDatabase()))
