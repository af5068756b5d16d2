/** Holds plans that need a confirmation to what was shown, and to their time. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { BatchOperation } from "../../application/batch/BatchOperation.ts"
import { maxOperations } from "../../application/batch/RunBatch.ts"
import { type RunPlan, runPlan } from "../../application/batch/RunPlan.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { confirmationMillis } from "../../domain/changes/Confirmation.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { keepUser } from "../support/entities.ts"

const title = TaskTitle.make("Water the plants")

const deletionOf = (userId: UserId, taskIds: ReadonlyArray<TaskId>, more: Partial<RunPlan> = {}): RunPlan => ({
  userId,
  taskIds,
  request: "delete",
  decide: () => Effect.succeed(taskIds.map((taskId): BatchOperation => ({ _tag: "DeleteTask", taskId }))),
  isDryRun: false,
  needsConfirmation: true,
  confirmation: null,
  ...more,
})

/** Returns the confirmation that the plan asks for. */
const planned = (plan: RunPlan) =>
  Effect.map(Effect.flip(runPlan(plan)), (error) =>
    error._tag === "ConfirmationRequired" ? (error.plan.confirmation?.text ?? error._tag) : error._tag,
  )

/** A user with two tasks. */
const setUp = Effect.gen(function* () {
  const userId = yield* keepUser
  const first = yield* createTask({ userId, title })
  const second = yield* createTask({ userId, title })
  return { userId, ids: [first.id, second.id] as const }
})

layer(memory)("a plan", (it) => {
  it.effect("is applied once it is confirmed", () =>
    Effect.gen(function* () {
      const { ids, userId } = yield* setUp
      const confirmation = yield* planned(deletionOf(userId, ids))
      expect((yield* getTask({ userId, taskId: ids[0] })).version).toBe(1)
      const { outcome } = yield* runPlan(deletionOf(userId, ids, { confirmation }))
      expect(outcome.isApplied).toBe(true)
      expect((yield* Effect.flip(getTask({ userId, taskId: ids[0] })))._tag).toBe("TaskNotFound")
    }),
  )

  it.effect("can be confirmed for ten minutes", () =>
    Effect.gen(function* () {
      const { ids, userId } = yield* setUp
      const confirmation = yield* planned(deletionOf(userId, ids))
      yield* TestClock.adjust(confirmationMillis)
      const late = yield* Effect.flip(runPlan(deletionOf(userId, ids, { confirmation })))
      expect(late).toMatchObject({ _tag: "PlanStale", taskIds: [] })
      const again = yield* planned(deletionOf(userId, ids))
      yield* TestClock.adjust(confirmationMillis - 1)
      yield* runPlan(deletionOf(userId, ids, { confirmation: again }))
    }),
  )

  it.effect("is not applied for another user, another request, other tasks or another version", () =>
    Effect.gen(function* () {
      const { ids, userId } = yield* setUp
      const stranger = yield* keepUser
      const confirmation = yield* planned(deletionOf(userId, ids))
      for (const plan of [
        deletionOf(stranger, ids, { confirmation }),
        deletionOf(userId, ids, { confirmation, request: "delete others" }),
        deletionOf(userId, ids, { confirmation: `${confirmation}A` }),
        deletionOf(userId, ids, { confirmation: "" }),
      ]) {
        expect(yield* Effect.flip(runPlan(plan))).toMatchObject({ _tag: "PlanStale", taskIds: [] })
      }
      yield* updateTask({ userId, taskId: ids[1], version: "any", title: TaskTitle.make("Water the lawn") })
      const moved = yield* Effect.flip(runPlan(deletionOf(userId, ids, { confirmation })))
      expect(moved).toMatchObject({ _tag: "PlanStale", taskIds: [ids[1]] })
    }),
  )

  it.effect("writes nothing in a dry run, needs no confirmation where none is asked for, and has a limit", () =>
    Effect.gen(function* () {
      const { ids, userId } = yield* setUp
      const shown = yield* runPlan(deletionOf(userId, ids, { isDryRun: true }))
      expect(shown.outcome.isApplied).toBe(false)
      expect(shown.confirmation).not.toBeNull()
      yield* getTask({ userId, taskId: ids[0] })
      const many = deletionOf(userId, ids, {
        needsConfirmation: false,
        decide: () => Effect.succeed(Array.from({ length: maxOperations + 1 }, () => ({ _tag: "CreateTask", title }))),
      })
      expect((yield* Effect.flip(runPlan(many)))._tag).toBe("PlanTooLarge")
      const done = yield* runPlan(deletionOf(userId, ids, { needsConfirmation: false }))
      expect(done.outcome.isApplied).toBe(true)
    }),
  )
})
