/** Holds merges of tasks, and explanations of conflicts, to the history that they read. */
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { updateCategory } from "../../application/categories/UpdateCategory.ts"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { maxExplainedChanges } from "../../application/changes/ExplainConflict.ts"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { mergeTask } from "../../application/tasks/MergeTask.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { nextVersion, Version } from "../../domain/shared/Version.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser } from "../support/entities.ts"
import { allAtOnce, timesAtOnce } from "../support/interleaving.ts"

const title = TaskTitle.make("Buy oat milk")
const description = TaskDescription.make("Two bottles.")

/** The ports in memory, without a history to read. */
const withoutHistory = Layer.effect(
  ChangeRepository,
  Effect.map(ChangeRepository, (changes) => ({
    ...changes,
    readSinceVersion: () => Effect.die(new Error("The history was read.")),
  })),
).pipe(Layer.provideMerge(memory))

layer(withoutHistory)("a change in the current version", (it) => {
  it.effect("reads no history", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [task, category] = [yield* keepTask(userId), yield* keepCategory(userId)]
      const changed = yield* updateTask({ userId, taskId: task.id, version: task.version, title })
      const merged = yield* mergeTask({ userId, taskId: task.id, version: changed.version, description })
      expect(merged).toStrictEqual({ task: { ...merged.task, title, description }, merged: null })
      const name = CategoryName.make("Kitchen")
      yield* updateCategory({ userId, categoryId: category.id, version: category.version, name })
      yield* deleteTask({ userId, taskId: task.id, version: merged.task.version })
    }),
  )

  it.effect("reads no history for a base that is too old, or above the current version", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const before = yield* keepTask(userId)
      const version = Version.make(before.version + maxExplainedChanges + 1)
      yield* (yield* TaskRepository).update(before, { ...before, title, version })
      const command = { userId, taskId: before.id, description }
      for (const change of [updateTask, mergeTask]) {
        const stale = yield* Effect.flip<unknown, unknown, Effect.Services<ReturnType<typeof change>>>(
          change({ ...command, version: before.version }),
        )
        expect(stale).toMatchObject({ _tag: "StaleTaskVersion", base: before.version, divergence: null })
        const unknown = yield* Effect.flip<unknown, unknown, Effect.Services<ReturnType<typeof change>>>(
          change({ ...command, version: nextVersion(version) }),
        )
        expect(unknown).toMatchObject({ _tag: "UnknownVersion", current: version })
      }
    }),
  )
})

layer(memory)("a merge", (it) => {
  it.effect("never fails because of another one: 32 clients change four fields from one version", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const command = { userId, taskId: task.id, version: task.version }
      const fields = [{ title }, { description }, { status: "completed" }, { priority: "high" }] as const
      const results = yield* allAtOnce(
        Array.from({ length: 32 }, (_, index) => mergeTask({ ...command, ...fields[index % fields.length] })),
      )
      expect(results).toHaveLength(32)
      // The second client with a value finds it there, and changes nothing.
      expect(yield* getTask(command)).toMatchObject({
        title,
        description,
        status: "completed",
        priority: "high",
        version: task.version + fields.length,
      })
    }),
  )

  it.effect("of one field succeeds for exactly one of 32 clients, and the others see the right base", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      let count = 0
      const one = Effect.suspend(() =>
        Effect.result(
          mergeTask({ userId, taskId: task.id, version: task.version, title: TaskTitle.make(`Client ${++count}`) }),
        ),
      )
      const results = yield* timesAtOnce(32, one)
      expect(results.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      const current = yield* getTask({ userId, taskId: task.id })
      for (const result of results) {
        if (result._tag === "Success") continue
        expect(result.failure).toMatchObject({
          _tag: "StaleTaskVersion",
          base: task.version,
          current,
          divergence: { base: { title: task.title }, conflictingFields: ["title"] },
        })
      }
    }),
  )

  it.effect("stores the response to its own result, whether it merges or not", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* keepTask(userId)
      const mutation = yield* CurrentMutation
      const results: Array<unknown> = []
      const toRecord = (result: unknown) => {
        results.push(result)
        return { key: IdempotencyKey.make(`key-${results.length}`), fingerprint: "", response: "", at: at(0) }
      }
      const command = { userId, taskId: task.id, version: task.version }
      const returned = []
      for (const fields of [{ title }, { description }]) {
        const change = Effect.provideService(mergeTask({ ...command, ...fields }), CurrentMutation, {
          ...mutation,
          toRecord,
        })
        returned.push(yield* change)
      }
      expect(returned.map(({ merged }) => merged)).toStrictEqual([
        null,
        { base: task.version, onto: task.version + 1, kept: ["title"] },
      ])
      expect(results).toStrictEqual(returned)
    }),
  )
})
