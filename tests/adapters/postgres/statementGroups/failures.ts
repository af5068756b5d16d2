/** Tests the writes of a group that fail, that lose their caller, and that belong to a unit of work. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { UnitOfWork } from "../../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import { keepTask, makeTask, newUserId } from "../../../support/entities.ts"
import { changesOf, insert, type Stores, together, untraced, users } from "./groupedWrites.ts"

export const failures = (it: Vitest.MethodsNonLive<Stores>): void => {
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
}
