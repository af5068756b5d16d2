/** The tests of what a `TaskRepository` promises about changes of fields that need no reading. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Result, Schema, Struct } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { firstVersion, nextVersion } from "../../../domain/shared/Version.ts"
import { fold } from "../../../domain/tasks/SearchText.ts"
import { change } from "../../../domain/tasks/Task.ts"
import { type TaskChanges, TaskPriority, TaskStatus, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser, makeQuery } from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"
import { assign, expectedPage, pageOf, type Stores } from "./fixtures.ts"

/** Few values, so that some fields stay; some are beyond ASCII, on which the text for searches depends. */
const Patch = Schema.Struct({
  title: Schema.Literals(["Buy milk", "Buy oat milk", "CAFÉ FÜR ZWÖLF"]),
  description: Schema.NullOr(Schema.Literals(["", "Two bottles", "NAÏVE 🌻"])),
  status: TaskStatus,
  priority: TaskPriority,
  dueDate: Schema.NullOr(Schema.Literals([at(0), at(60)])),
}).mapFields(Struct.map(Schema.optionalKey))
const Patches = Schema.Array(Patch).check(Schema.isMinLength(10), Schema.isMaxLength(14))

export const fieldUpdates = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect.prop(
    "changes fields as the domain does, or writes nothing, for any tasks and changes",
    { patches: Patches },
    ({ patches }) =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        let before = yield* assign(yield* keepTask(userId), [yield* keepCategory(userId)])
        for (const patch of patches) {
          const changes = patch as TaskChanges
          const written = yield* tasks.updateFields(userId, before.id, before.version, changes, at(-1))
          if (written !== null) {
            expect(written).not.toStrictEqual(before)
            expect(Result.succeed(written)).toStrictEqual(change(before, changes, at(-1)))
            before = written
          }
          expect(yield* tasks.get(userId, before.id)).toStrictEqual(before)
          for (const search of ["zwölf", "naïve", "bottles"]) {
            const query = makeQuery({ where: { kind: "text", in: "any", text: fold(search) } })
            expect(yield* pageOf(userId, query)).toStrictEqual(expectedPage([before], query))
          }
        }
      }),
    { arbitrary: { runs: 25 } },
  )

  it.effect("writes nothing to another version, a deleted task, or the task of another user", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const changes = { title: TaskTitle.make("Another title") }
      const stale = tasks.updateFields(task.userId, task.id, nextVersion(task.version), changes, at(1))
      const foreign = tasks.updateFields(yield* keepUser, task.id, task.version, changes, at(1))
      expect([yield* stale, yield* foreign]).toEqual([null, null])
      expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(task)
      yield* tasks.delete(task.userId, task.id, at(1))
      expect(yield* tasks.updateFields(task.userId, task.id, task.version, changes, at(2))).toBe(null)
      expect((yield* tasks.getDeleted(task.userId, task.id)).task).toStrictEqual(task)
    }),
  )

  it.effect("applies at most one of 20 concurrent changes of one version", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const { id, userId } = yield* keepTask(yield* keepUser)
      const results = yield* allAtOnce(
        Array.from({ length: 20 }, (_, index) =>
          tasks.updateFields(userId, id, firstVersion, { title: TaskTitle.make(`Writer ${index}`) }, at(1)),
        ),
      )
      const winners = results.filter((result) => result !== null)
      expect(winners.length).toBeLessThanOrEqual(1)
      const stored = yield* tasks.get(userId, id)
      expect(stored.version).toBe(firstVersion + winners.length)
      if (winners.length === 1) expect(stored).toStrictEqual(winners[0])
    }),
  )
}
