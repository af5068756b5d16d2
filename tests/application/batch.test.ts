/** Holds a batch to its order, to all or nothing, and to one batch of changes. */
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import type { BatchOperation } from "../../application/batch/BatchOperation.ts"
import { type BatchOutcome, maxBatchMillis, type RunBatch, runBatch } from "../../application/batch/RunBatch.ts"
import { listCategories } from "../../application/categories/ListCategories.ts"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { IdempotencyRecords, KeyAlreadyUsed } from "../../application/changes/IdempotencyRecords.ts"
import { CurrentMutation, type Mutation } from "../../application/changes/Mutation.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { listTasks } from "../../application/tasks/ListTasks.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { BatchReference, ReferenceText } from "../../domain/changes/BatchReference.ts"
import { firstVersion, nextVersion, Version } from "../../domain/shared/Version.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { keepUser, makeQuery, makeRecord, newBatchId, newCategoryId, newTaskId } from "../support/entities.ts"
import { expectPresent, expectTrue } from "../support/narrowing.ts"

type Operations = RunBatch["operations"]

const title = TaskTitle.make("Water the plants")
const ref = (name: string) => BatchReference.make(name)
const $ = (name: string) => ReferenceText.make(`$${name}`)

const createOne: BatchOperation = { _tag: "CreateTask", title }
const createNamed = (name: string): BatchOperation => ({ _tag: "CreateTask", ref: ref(name), title })
const missing: BatchOperation = { _tag: "DeleteTask", taskId: newTaskId() }

const run = (userId: UserId, operations: Operations, options: Partial<Pick<RunBatch, "isAtomic" | "isDryRun">> = {}) =>
  runBatch({ userId, operations, isAtomic: true, isDryRun: false, ...options })

/** Runs the effect as a request with these properties; the others are those of a program. */
const asRequest = <A, E, R>(effect: Effect.Effect<A, E, R>, mutation: Partial<Mutation>) =>
  Effect.flatMap(CurrentMutation, (current) =>
    Effect.provideService(effect, CurrentMutation, { ...current, batchId: newBatchId(), ...mutation }),
  )

/** The defect that the effect dies with; undefined if it does not die. */
const defectOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.catchDefect(Effect.as(effect, undefined as unknown), Effect.succeed)

/** Counts the signals of the effect's writes. */
const signalsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    let signals = 0
    const onChange = () => {
      signals++
    }
    yield* Effect.exit(asRequest(effect, { onChange }))
    return signals
  })

const tagsOf = ({ results }: Pick<BatchOutcome, "results">) =>
  results.map((result) => (Result.isSuccess(result) ? result.success._tag : result.failure._tag))

const taskOf = (result: BatchOutcome["results"][number] | undefined) => {
  expectPresent(result)
  expectTrue(Result.isSuccess(result) && result.success._tag === "Task")
  return result.success.task
}

const changesOf = (userId: UserId) =>
  Effect.flatMap(ChangeRepository, ({ readBefore }) => readBefore(userId, {}, null, 1000))
const countTasks = (userId: UserId) => Effect.map(listTasks({ userId, ...makeQuery() }), ({ total }) => total)

layer(memory)("a batch", (it) => {
  it.effect("runs its operations in order, and later ones name what earlier ones create", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const old = yield* createTask({ userId, title })
      const batchId = newBatchId()
      const outcome = yield* asRequest(
        run(userId, [
          { _tag: "CreateCategory", ref: ref("home"), name: CategoryName.make("Home") },
          { _tag: "CreateTask", ref: ref("a"), title, categoryIds: [$("home")] },
          { _tag: "UpdateTask", taskId: old.id, version: old.version, status: "completed" },
          { _tag: "UpdateTask", taskId: $("a"), priority: "high" },
          { _tag: "AssignCategory", taskId: old.id, categoryId: $("home") },
          { _tag: "RemoveCategory", taskId: $("a"), categoryId: $("home") },
          { _tag: "DeleteTask", taskId: old.id },
          { _tag: "RestoreTask", taskId: old.id },
          { _tag: "DeleteCategory", categoryId: $("home") },
        ]),
        { batchId },
      )
      expect(tagsOf(outcome)).toStrictEqual([
        "Category",
        "Task",
        "Task",
        "Task",
        "Task",
        "Gone",
        "Gone",
        "Task",
        "Gone",
      ])
      expect([outcome.isApplied, outcome.batchId]).toStrictEqual([true, batchId])
      const made = taskOf(outcome.results[3])
      expect(made).toMatchObject({ priority: "high", version: 2, categories: [{ name: "Home" }] })
      expect(yield* getTask({ userId, taskId: made.id })).toMatchObject({ version: 3, categories: [] })
      expect(yield* getTask({ userId, taskId: old.id })).toMatchObject({ status: "completed", categories: [] })
      expect(yield* listCategories({ userId })).toStrictEqual([])
      const changes = yield* changesOf(userId)
      expect(changes.map(({ seq }) => seq)).toStrictEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
      expect(changes.slice(0, 9).every((change) => change.batchId === batchId)).toBe(true)
    }),
  )

  it.effect("ends with the first refusal, and nothing of it is done", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const error = yield* Effect.flip(run(userId, [createOne, createNamed("b"), missing, createOne]))
      expectTrue(error._tag === "BatchFailed")
      expect([error.failedIndex, tagsOf(error)]).toStrictEqual([2, ["Task", "Task", "TaskNotFound"]])
      expect(yield* countTasks(userId)).toBe(0)
      expect(yield* changesOf(userId)).toStrictEqual([])
      yield* run(userId, [createOne])
      expect((yield* changesOf(userId)).map(({ seq }) => seq)).toStrictEqual([1])
    }),
  )

  it.effect("puts each refusal in its place if it is not atomic, and does the others", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const operations: Operations = [
        missing,
        createOne,
        { _tag: "CreateCategory", ref: ref("home"), name: CategoryName.make("Home") },
        { _tag: "CreateCategory", ref: ref("again"), name: CategoryName.make("Home") },
        { _tag: "CreateTask", ref: ref("a"), title, categoryIds: [$("again")] },
        { _tag: "DeleteTask", taskId: $("a") },
        createOne,
      ]
      const outcome = yield* run(userId, operations, { isAtomic: false })
      expect(tagsOf(outcome)).toStrictEqual([
        "TaskNotFound",
        "Task",
        "Category",
        "CategoryNameTaken",
        "ReferenceNotCreated",
        "ReferenceNotCreated",
        "Task",
      ])
      expect(outcome.isApplied).toBe(true)
      expect(yield* countTasks(userId)).toBe(2)
      expect((yield* changesOf(userId)).map(({ seq }) => seq)).toStrictEqual([3, 2, 1])
      const none = yield* run(userId, [missing], { isAtomic: false })
      expect([none.isApplied, none.batchId, tagsOf(none)]).toStrictEqual([false, null, ["TaskNotFound"]])
    }),
  )

  it.effect("does nothing in a dry run, and returns what would be", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* createTask({ userId, title })
      const before = yield* changesOf(userId)
      const operations: Operations = [
        { _tag: "UpdateTask", taskId: task.id, version: task.version, priority: "high" },
        missing,
      ]
      for (const isAtomic of [true, false]) {
        const dry = yield* Effect.result(asRequest(run(userId, operations, { isAtomic, isDryRun: true }), {}))
        const results = Result.isSuccess(dry) ? dry.success : dry.failure
        expectTrue("results" in results)
        expect(tagsOf(results)).toStrictEqual(["Task", "TaskNotFound"])
        expect(taskOf(results.results[0])).toStrictEqual({
          ...task,
          priority: "high",
          version: nextVersion(firstVersion),
        })
        if (Result.isSuccess(dry)) expect([dry.success.isApplied, dry.success.batchId]).toStrictEqual([false, null])
      }
      expect(yield* getTask({ userId, taskId: task.id })).toStrictEqual(task)
      expect(yield* changesOf(userId)).toStrictEqual(before)
    }),
  )

  it.effect("signals once when it is stored, and never for a dry run or a failure", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const two: Operations = [createOne, createOne]
      expect(yield* signalsOf(run(userId, two))).toBe(1)
      expect(yield* signalsOf(run(userId, two, { isDryRun: true }))).toBe(0)
      expect(yield* signalsOf(run(userId, [createOne, missing]))).toBe(0)
      expect(yield* signalsOf(run(userId, [createOne, missing], { isAtomic: false }))).toBe(1)
      expect(yield* signalsOf(run(userId, [missing], { isAtomic: false }))).toBe(0)
    }),
  )

  it.effect("names every wrong reference and every missing version before anything runs", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const error = yield* Effect.flip(
        run(userId, [
          createNamed("a"),
          createNamed("a"),
          { _tag: "UpdateTask", taskId: $("later"), priority: "low" },
          { _tag: "UpdateTask", taskId: newTaskId(), priority: "low" },
          { _tag: "CreateTask", title, categoryIds: [newCategoryId(), $("a")] },
          { _tag: "AssignCategory", taskId: $("a"), categoryId: $("none") },
          { _tag: "DeleteCategory", categoryId: $("a") },
          createNamed("later"),
        ]),
      )
      expectTrue(error._tag === "InvalidBatch")
      expect(error.issues.map(({ path, reason }) => [path.join("."), reason])).toStrictEqual([
        ["1.ref", "duplicate"],
        ["2.taskId", "forward"],
        ["4.categoryIds.1", "unknown"],
        ["5.categoryId", "unknown"],
        ["6.categoryId", "unknown"],
        ["3.version", "version_required"],
      ])
      expect(yield* changesOf(userId)).toStrictEqual([])
    }),
  )

  it.effect("compares the versions that its operations name", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { id: taskId, version } = yield* createTask({ userId, title })
      const outcome = yield* run(
        userId,
        [
          { _tag: "UpdateTask", taskId, version, priority: "low" },
          { _tag: "UpdateTask", taskId, version, priority: "high" },
          { _tag: "UpdateTask", taskId, version, priority: "high", onConflict: "merge" },
          { _tag: "UpdateTask", taskId, version, title: TaskTitle.make("Merged"), onConflict: "merge" },
          { _tag: "DeleteTask", taskId, version },
          { _tag: "UpdateTask", taskId, version: "any", status: "completed" },
          { _tag: "UpdateTask", taskId, version: Version.make(9), status: "pending" },
        ],
        { isAtomic: false },
      )
      const stale = "StaleTaskVersion"
      expect(tagsOf(outcome)).toStrictEqual(["Task", stale, stale, "Task", stale, "Task", "UnknownVersion"])
      expect(yield* getTask({ userId, taskId })).toMatchObject({ title: "Merged", priority: "low", version: 4 })
    }),
  )

  it.effect("stores the record of its idempotency key with its outcome, and nothing if the key was used", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const records = yield* IdempotencyRecords
      const record = makeRecord()
      const seen: Array<unknown> = []
      const toRecord = (result: unknown) => {
        seen.push(result)
        return record
      }
      const two: Operations = [createOne, createOne]
      yield* asRequest(run(userId, two, { isDryRun: true }), { toRecord })
      yield* Effect.exit(asRequest(run(userId, [createOne, missing]), { toRecord }))
      expect(seen).toStrictEqual([])
      const outcome = yield* asRequest(run(userId, two), { toRecord })
      expect(seen).toStrictEqual([outcome])
      expect((yield* records.get(userId, record.key)).pipe((found) => found._tag)).toBe("Some")
      const again = asRequest(run(userId, two), { toRecord })
      expect(yield* defectOf(again)).toStrictEqual(new KeyAlreadyUsed({ key: record.key }))
      expect(yield* countTasks(userId)).toBe(2)
    }),
  )

  it.effect("is taken back if its operations take too long", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const tasks = yield* TaskRepository
      const insert: typeof tasks.insert = (task) => Effect.delay(tasks.insert(task), maxBatchMillis / 2)
      const slow = run(userId, [createOne, createOne, createOne]).pipe(
        Effect.provideService(TaskRepository, { ...tasks, insert }),
      )
      const fiber = yield* Effect.forkChild(defectOf(slow))
      yield* TestClock.adjust(maxBatchMillis)
      expect(yield* Fiber.join(fiber)).toBeInstanceOf(Unavailable)
      expect(yield* countTasks(userId)).toBe(0)
    }),
  )
})
