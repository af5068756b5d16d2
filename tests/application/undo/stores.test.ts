/** Holds undo on every store to what the contract promises of it: a hundred operations, random walks, and races. */
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fc from "fast-check"
import * as PooledSecureRandom from "../../../adapters/crypto/PooledSecureRandom.ts"
import * as UuidV7Generator from "../../../adapters/crypto/UuidV7Generator.ts"
import * as MemoryRepositories from "../../../adapters/memory/MemoryRepositories.ts"
import * as Embedded from "../../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import * as Migrations from "../../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { type UndoChanges, undoChanges } from "../../../application/changes/UndoChanges.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { updateTask } from "../../../application/tasks/UpdateTask.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import type { BatchId } from "../../../domain/changes/BatchId.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { Operation } from "../../support/changeModel.ts"
import { keepUser, newSessionId } from "../../support/entities.ts"
import { describeOnPostgres, freshRepositories } from "../../support/postgres.ts"
import { asRequest } from "../../support/requests.ts"
import { contentsOf } from "./contents.ts"
import { batches, performBatch, type Things } from "./operations.ts"

const [mine, theirs] = [newSessionId(), newSessionId()]

const undo = (userId: UserId, batchId: BatchId, options: Partial<UndoChanges> = {}) =>
  Effect.map(
    asRequest(
      mine,
      undoChanges({ userId, target: UndoTarget.Batch({ batchId }), isPartial: false, isDryRun: false, ...options }),
    ),
    ({ result }) => result,
  )

const newThings = Effect.map(keepUser, (userId): Things => ({ userId, tasks: [], categories: [] }))
const copyOf = ({ categories, tasks }: Things) => ({ tasks: [...tasks], categories: [...categories] })

const values = {
  title: TaskTitle.make("Water the plants"),
  description: null,
  status: "pending",
  priority: "medium",
  dueDate: null,
  categoryIds: [],
} as const
const names = ["Home", "Work", "Garden", "Travel", "Books"].map((name) => CategoryName.make(name))
const times = (count: number, toOperation: (number: number) => Operation): ReadonlyArray<Operation> =>
  Array.from({ length: count }, (_, number) => toOperation(number))

/** Five categories, 80 tasks with one of them, and 10 of these tasks in the trash. */
const given: ReadonlyArray<Operation> = [
  ...names.map((name): Operation => ({ do: "createCategory", values: { name, color: null } })),
  ...times(80, (number) => ({ do: "createTask", values, categories: [number] })),
  ...times(10, (number) => ({ do: "deleteTask", task: 70 + number })),
]

const color = CategoryColor.make("#2E7D32")

/** A hundred operations of every kind; each of them changes something. */
const mixed: ReadonlyArray<Operation> = [
  ...times(30, (number) => ({
    do: "updateTask",
    task: number,
    patch: { title: TaskTitle.make(`Task ${number}`), status: "completed" },
  })),
  ...times(10, (number) => ({ do: "updateTask", task: number, patch: { priority: "high" } })),
  ...times(10, (number) => ({ do: "toggleCategory", task: 20 + number, category: number + 1 })),
  ...times(10, (number) => ({ do: "toggleCategory", task: 30 + number, category: number })),
  ...times(10, (number) => ({ do: "deleteTask", task: 50 + number })),
  ...times(10, (number) => ({ do: "restoreTask", task: 70 + number })),
  // The name of one category goes to the next, and the first one is new.
  { do: "updateCategory", category: 0, patch: { name: CategoryName.make("Former home"), color } },
  { do: "updateCategory", category: 1, patch: { name: CategoryName.make("Home") } },
  { do: "deleteCategory", category: 2 },
  { do: "createCategory", values: { name: CategoryName.make("Garden"), color } },
  { do: "deleteCategory", category: 3 },
  ...times(15, (number) => ({ do: "createTask", values, categories: [number % 2 === 0 ? 5 : 1] })),
]

/** The things of a user before and after a batch of a hundred operations, and its id. */
const hundred = Effect.gen(function* () {
  const { ends } = yield* ChangeRepository
  const things = yield* newThings
  yield* performBatch(things, theirs, given)
  const known = copyOf(things)
  const before = yield* contentsOf(things, known)
  const { latest } = yield* ends(things.userId)
  const batchId = yield* performBatch(things, theirs, mixed)
  if (batchId === null) return expect.unreachable("the batch changes something")
  expect((yield* ends(things.userId)).latest.seq - latest.seq).toBe(100)
  return { things, known, before, batchId }
})

interface Options {
  /** How many random walks are taken. */
  readonly walks: number
}

const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>, { walks }: Options) => {
  const ids = UuidV7Generator.layer.pipe(Layer.provide(PooledSecureRandom.layer))
  layer(Layer.merge(repositories, ids), { excludeTestServices: true })(`undo on ${name}`, (it) => {
    it.effect("gives the state before a batch of a hundred operations, and after its own undo the one after", () =>
      Effect.gen(function* () {
        const { batchId, before, known, things } = yield* hundred
        const after = yield* contentsOf(things, things)
        const dry = yield* undo(things.userId, batchId, { isDryRun: true })
        expect(yield* contentsOf(things, things)).toStrictEqual(after)

        const undone = yield* undo(things.userId, batchId)
        expect(yield* contentsOf(things, known)).toStrictEqual(before)
        expect({ ...undone, batchId: null }).toStrictEqual(dry)
        expect(undone.skipped).toStrictEqual([])
        expect(yield* undo(things.userId, batchId)).toStrictEqual({ undone: [], skipped: [], batchId: null })

        if (undone.batchId === null) return expect.unreachable("the undo is written")
        yield* undo(things.userId, undone.batchId)
        expect(yield* contentsOf(things, things)).toStrictEqual(after)
      }),
    )

    it.effect("names exactly the field that another hand has changed, and puts back the other 99 operations", () =>
      Effect.gen(function* () {
        const { batchId, before, known, things } = yield* hundred
        const { tasks, userId } = things
        const [taskId] = tasks
        if (taskId === undefined) return expect.unreachable("there are tasks")
        const title = TaskTitle.make("By another hand")
        yield* asRequest(mine, updateTask({ userId, taskId, version: "any", title }))
        const changed = yield* contentsOf(things, things)

        const refused = yield* Effect.flip(undo(userId, batchId))
        expect(refused).toMatchObject({
          _tag: "UndoConflict",
          blocked: [{ entityId: taskId, fields: ["title"], reason: "changed", by: { kind: "session", id: mine } }],
        })
        expect(refused._tag === "UndoConflict" && refused.blocked.length).toBe(1)
        expect(yield* contentsOf(things, things)).toStrictEqual(changed)

        const { skipped } = yield* undo(userId, batchId, { isPartial: true })
        expect(skipped.map(({ entityId, fields }) => [entityId, fields])).toStrictEqual([[taskId, ["title"]]])
        const rest = yield* contentsOf(things, known)
        const [state, shown] = [before.states.get(taskId), before.tasks.get(taskId)]
        if (state === undefined || shown === undefined) return expect.unreachable("the task was there before")
        before.states.set(taskId, { ...state, values: { ...state.values, title } })
        before.tasks.set(taskId, { ...shown, title })
        expect(rest).toStrictEqual(before)
      }),
    )

    it.effect("is done once if several are sent at once", () =>
      Effect.gen(function* () {
        const { batchId, before, known, things } = yield* hundred
        const all = Array.from({ length: 4 }, () => undo(things.userId, batchId))
        const outcomes = yield* Effect.all(all, { concurrency: "unbounded" })
        expect(outcomes.filter(({ undone }) => undone.length > 0).length).toBe(1)
        expect(yield* contentsOf(things, known)).toStrictEqual(before)
      }),
    )

    it.effect("gives every earlier state in turn after a random walk", () =>
      Effect.gen(function* () {
        const context = yield* Effect.context<Effect.Services<ReturnType<typeof walk>>>()
        const thereAndBack = fc.asyncProperty(batches, (steps) => Effect.runPromiseWith(context)(walk(steps)))
        yield* Effect.promise(() => fc.assert(thereAndBack, { numRuns: walks }))
      }),
    )
  })
}

/** Does the steps, each as one batch, and takes them back in reverse. */
const walk = Effect.fnUntraced(function* (steps: typeof batches extends fc.Arbitrary<infer A> ? A : never) {
  const things = yield* newThings
  const states = []
  /** The batch of each step; null if it wrote nothing. */
  const done: Array<BatchId | null> = []
  for (const step of steps) {
    const known = copyOf(things)
    states.push({ known, contents: yield* contentsOf(things, known) })
    if ("operations" in step) done.push(yield* performBatch(things, theirs, step.operations))
    else {
      const earlier = done[step.undo % Math.max(done.length, 1)] ?? null
      const undone = earlier === null ? null : yield* undo(things.userId, earlier, { isPartial: true })
      done.push(undone?.batchId ?? null)
    }
  }
  for (const [index, { contents, known }] of [...states.entries()].toReversed()) {
    const batchId = done[index] ?? null
    if (batchId !== null) yield* undo(things.userId, batchId)
    expect(yield* contentsOf(things, known)).toStrictEqual(contents)
  }
})

const embedded = PostgresRepositories.layer.pipe(Layer.provide(Migrations.layer), Layer.provide(Embedded.layer({})))

suite("memory", MemoryRepositories.layer, { walks: 200 })
suite("the embedded PostgreSQL", embedded, { walks: 25 })
describeOnPostgres("on a PostgreSQL server", () => suite("PostgreSQL", freshRepositories(), { walks: 25 }))
