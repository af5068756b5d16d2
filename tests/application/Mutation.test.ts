/** Holds the work of one request to waking those that wait for the changes that it wrote. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import { CurrentMutation, runAsMutation } from "../../application/changes/Mutation.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { isAwake } from "../contracts/ChangeSignal.contract.ts"
import { keepUser, newTaskId } from "../support/entities.ts"

const title = TaskTitle.make("Water the plants")

layer(memory)("the work of one request", (it) => {
  it.effect("wakes those that wait for its user's changes, and no others", () =>
    Effect.gen(function* () {
      const { watch } = yield* ChangeSignal
      const mutation = yield* CurrentMutation
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const [next, others] = [yield* watch(userId), yield* watch(other)]
      const task = yield* runAsMutation(mutation, createTask({ userId, title }))
      yield* next
      expect(yield* isAwake(next)).toBe(false)
      yield* runAsMutation(mutation, deleteTask({ userId, taskId: task.id }))
      yield* next
      expect(yield* isAwake(others)).toBe(false)
    }).pipe(Effect.scoped),
  )

  it.effect("wakes no watcher if it writes nothing", () =>
    Effect.gen(function* () {
      const { watch } = yield* ChangeSignal
      const mutation = yield* CurrentMutation
      const userId = yield* keepUser
      const task = yield* createTask({ userId, title })
      const next = yield* watch(userId)
      yield* runAsMutation(mutation, getTask({ userId, taskId: task.id }))
      yield* runAsMutation(mutation, updateTask({ userId, taskId: task.id, version: task.version, title }))
      yield* Effect.flip(runAsMutation(mutation, deleteTask({ userId, taskId: newTaskId() })))
      expect(yield* isAwake(next)).toBe(false)
    }).pipe(Effect.scoped),
  )

  it.effect("wakes the watchers also if it fails or is interrupted after a write", () =>
    Effect.gen(function* () {
      const { watch } = yield* ChangeSignal
      const mutation = yield* CurrentMutation
      const userId = yield* keepUser
      const next = yield* watch(userId)
      yield* Effect.flip(runAsMutation(mutation, Effect.andThen(createTask({ userId, title }), Effect.fail("late"))))
      yield* next
      const written = yield* Deferred.make<void>()
      const work = createTask({ userId, title }).pipe(
        Effect.andThen(Deferred.succeed(written, undefined)),
        Effect.andThen(Effect.never),
      )
      const fiber = yield* Effect.forkChild(runAsMutation(mutation, work))
      yield* Deferred.await(written)
      yield* Fiber.interrupt(fiber)
      yield* next
    }).pipe(Effect.scoped),
  )
})
