/** Holds batches on PostgreSQL to rows that a dry run leaves alone, to few statements, and to a lock that ends. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { TestClock } from "effect/testing"
import * as UuidV7Generator from "../../../adapters/crypto/UuidV7Generator.ts"
import { maxBatchMillis, type RunBatch, runBatch } from "../../../application/batch/RunBatch.ts"
import { CurrentMutation } from "../../../application/changes/Mutation.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { createTask } from "../../../application/tasks/CreateTask.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { BatchReference, ReferenceText } from "../../../domain/changes/BatchReference.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { keepCategory, keepTask, keepUser, makeQuery, makeRecord, newTaskId } from "../../support/entities.ts"
import { everyRow } from "../../support/everyTable.ts"
import { measuredStatements } from "../../support/metrics.ts"
import { describeOnPostgres, freshRepositories } from "../../support/postgres.ts"

const ports = Layer.merge(freshRepositories(), UuidV7Generator.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto)))

type Operations = RunBatch["operations"]

const title = TaskTitle.make("Water the plants")
const createOne = { _tag: "CreateTask", title } as const
const run = (userId: UserId, operations: Operations, options: Partial<RunBatch> = {}) =>
  runBatch({ userId, operations, isAtomic: true, isDryRun: false, ...options })

/** Runs the effect, and returns how many statements of each name it ran. */
const statementsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = measuredStatements()
    yield* effect
    const counts = [...measuredStatements()].map(
      ([name, { count }]) => [name, count - (before.get(name)?.count ?? 0)] as const,
    )
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  })

describeOnPostgres("a batch on PostgreSQL", () => {
  layer(ports, { timeout: 60_000 })((it) => {
    it.effect("leaves every row of every table as it was after a dry run, and after a failure", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const task = yield* keepTask(userId)
        const [category, other] = [
          yield* keepCategory(userId),
          yield* keepCategory(userId, { name: CategoryName.make("Other") }),
        ]
        const operations: Operations = [
          { _tag: "CreateCategory", ref: BatchReference.make("home"), name: CategoryName.make("Home") },
          { _tag: "CreateTask", title, categoryIds: [category.id, ReferenceText.make("$home")] },
          { _tag: "UpdateTask", taskId: task.id, version: task.version, priority: "high" },
          { _tag: "AssignCategory", taskId: task.id, categoryId: category.id },
          { _tag: "RemoveCategory", taskId: task.id, categoryId: category.id },
          { _tag: "DeleteCategory", categoryId: other.id },
          { _tag: "DeleteTask", taskId: task.id },
          { _tag: "RestoreTask", taskId: task.id },
        ]
        const failing: Operations = [...operations, { _tag: "DeleteTask", taskId: newTaskId() }]
        const before = yield* everyRow
        const withKey = Effect.fnUntraced(function* (effect: ReturnType<typeof run>) {
          const mutation = yield* CurrentMutation
          return yield* Effect.provideService(effect, CurrentMutation, { ...mutation, toRecord: () => makeRecord() })
        })
        const dry = yield* withKey(run(userId, operations, { isDryRun: true }))
        expect([dry.isApplied, dry.results.length]).toStrictEqual([false, operations.length])
        expect(yield* everyRow).toStrictEqual(before)
        yield* run(userId, failing, { isDryRun: true, isAtomic: false })
        expect(yield* everyRow).toStrictEqual(before)
        for (const isDryRun of [true, false]) {
          const error = yield* Effect.flip(withKey(run(userId, failing, { isDryRun })))
          expect(error._tag).toBe("BatchFailed")
          expect(yield* everyRow).toStrictEqual(before)
        }
        expect((yield* run(userId, operations)).isApplied).toBe(true)
      }),
    )

    it.effect("takes one statement for each of 100 creations, and three around them", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const counts = yield* statementsOf(
          run(
            userId,
            Array.from({ length: 100 }, () => createOne),
          ),
        )
        expect(counts).toStrictEqual({
          "transaction.begin": 1,
          "changes.lock_head": 1,
          "tasks.insert": 100,
          "transaction.commit": 1,
        })
      }),
    )

    it.effect("takes at most ten statements for any other operation", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const task = yield* keepTask(userId)
        const category = yield* keepCategory(userId)
        const operations: Operations = [
          { _tag: "CreateCategory", name: CategoryName.make("Home") },
          { _tag: "CreateTask", title, categoryIds: [category.id] },
          { _tag: "UpdateTask", taskId: task.id, version: "any", status: "completed" },
          { _tag: "AssignCategory", taskId: task.id, categoryId: category.id },
          { _tag: "RemoveCategory", taskId: task.id, categoryId: category.id },
          { _tag: "DeleteTask", taskId: task.id },
          { _tag: "RestoreTask", taskId: task.id },
          { _tag: "UpdateCategory", categoryId: category.id, version: "any", name: CategoryName.make("Attic") },
          { _tag: "DeleteCategory", categoryId: category.id },
          { _tag: "RestoreCategory", categoryId: category.id },
        ]
        for (const operation of operations) {
          const counts = Object.values(yield* statementsOf(run(userId, [operation])))
          const own = counts.reduce((sum, count) => sum + count, 0) - 3
          expect([operation._tag, own]).toStrictEqual([operation._tag, expect.toSatisfy((count) => count <= 10)])
        }
      }),
    )

    it.effect("that takes too long ends, and other writers of the user go on", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const tasks = yield* TaskRepository
        const isAtWork = yield* Deferred.make<void>()
        let inserted = 0
        const insert: typeof tasks.insert = (task) =>
          ++inserted === 1 ? tasks.insert(task) : Effect.andThen(Deferred.succeed(isAtWork, undefined), Effect.never)
        const slow = run(userId, [createOne, createOne]).pipe(
          Effect.provideService(TaskRepository, { ...tasks, insert }),
          Effect.as(null as unknown),
          Effect.catchDefect(Effect.succeed),
        )
        const fiber = yield* Effect.forkChild(slow)
        yield* Deferred.await(isAtWork)
        const waiting = yield* Effect.forkChild(createTask({ userId, title }))
        yield* TestClock.adjust(maxBatchMillis)
        expect(yield* Fiber.join(fiber)).toBeInstanceOf(Unavailable)
        const task = yield* Fiber.join(waiting)
        expect((yield* tasks.list(userId, makeQuery())).data).toStrictEqual([task])
      }),
    )
  })
})
