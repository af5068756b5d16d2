/** Tests that sequences of grouped writes leave what the same writes leave one after the other. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { TaskRepository } from "../../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import { nextVersion } from "../../../../domain/shared/Version.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import { at, makeTask } from "../../../support/entities.ts"
import { taskPatch, taskValues } from "../../../support/taskValues.ts"
import { changesOf, type Stores, statements, together, users, withoutIds } from "./groupedWrites.ts"

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

export const sequences = (it: Vitest.MethodsNonLive<Stores>): void => {
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
}
