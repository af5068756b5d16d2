/** The tests of every promise that a `TaskRepository` makes about updates and their versions. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser } from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"

import { assign, changed, full, type Stores } from "./fixtures.ts"

export const changes = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("updates every field of a task, set or cleared", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const other = yield* keepTask(userId)
      const first = yield* keepTask(userId)
      const { createdAt: _, ...fields } = full
      const second = changed(first, fields)
      yield* tasks.update(first, second)
      expect(yield* tasks.get(userId, first.id)).toStrictEqual(second)
      const third = changed(second, { description: null, dueDate: null, status: "completed", priority: "low" })
      yield* tasks.update(second, third)
      expect(yield* tasks.get(userId, first.id)).toStrictEqual(third)
      expect(yield* tasks.get(userId, other.id)).toStrictEqual(other)
    }),
  )

  it.effect("refuses an update of another version, and returns the current task", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const before = yield* keepTask(userId)
      const current = yield* assign(before, [yield* keepCategory(userId)])
      const stale = yield* Effect.flip(tasks.update(before, changed(before, { title: TaskTitle.make("Too late") })))
      const future = changed(current)
      const early = yield* Effect.flip(tasks.update(future, changed(future)))
      for (const error of [stale, early]) {
        expect(error._tag).toBe("VersionConflict")
        if (error._tag === "VersionConflict") expect(error.current).toStrictEqual(current)
      }
      expect(yield* tasks.get(userId, before.id)).toStrictEqual(current)
    }),
  )

  it.effect("applies exactly one of 20 concurrent updates of one version", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const before = yield* keepTask(yield* keepUser)
      const wanted = Array.from({ length: 20 }, (_, index) =>
        changed(before, { title: TaskTitle.make(`Writer ${index}`) }),
      )
      const results = yield* allAtOnce(wanted.map((after) => Effect.result(tasks.update(before, after))))
      const winners = wanted.filter((_, index) => results[index]?._tag === "Success")
      expect(winners.length).toBe(1)
      expect(yield* tasks.get(before.userId, before.id)).toStrictEqual(winners[0])
      for (const result of results) {
        if (result._tag === "Success") continue
        expect(result.failure._tag).toBe("VersionConflict")
        if (result.failure._tag === "VersionConflict") expect(result.failure.current).toStrictEqual(winners[0])
      }
    }),
  )

  it.effect("applies exactly one of concurrent updates and deletions of one version", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const before = yield* keepTask(yield* keepUser)
      const results = yield* allAtOnce(
        Array.from({ length: 20 }, (_, index) =>
          Effect.result<void, { readonly _tag: string }, never>(
            index % 2 === 0
              ? tasks.update(before, changed(before, { title: TaskTitle.make(`Writer ${index}`) }))
              : tasks.delete(before.userId, before.id, at(1), before.version),
          ),
        ),
      )
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
    }),
  )
}
