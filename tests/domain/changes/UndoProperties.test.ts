/** Holds undo to what it promises of any history, on a small model of tasks and categories. */
import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import type { Change } from "../../../domain/changes/Change.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { TaskDescription } from "../../../domain/tasks/TaskFields.ts"
import {
  batch,
  carryOut,
  contentsOf,
  emptyWorld,
  type Operation,
  operation,
  perform,
  performAll,
  planUndo,
  undoIn,
  type World,
} from "../../support/changeModel.ts"
import { at } from "../../support/entities.ts"
import { other, user, values } from "./undoCases.ts"

const runs = { numRuns: 300 }

const operations = fc.array(operation, { maxLength: 12 })
const inBatch = (number: number) => ({ actor: user, batchId: batch(number) })
const target = (number: number): UndoTarget => UndoTarget.Batch({ batchId: batch(number) })

/** A world with some things in it, before and after a batch with number 1. */
const worlds = fc.tuple(operations, operations).map(([earlier, within]) => {
  const before = performAll(emptyWorld, earlier, inBatch(0))
  return { before, after: performAll(before, within, inBatch(1)) }
})

describe("undo of a batch", () => {
  it("gives the state before, but for versions", () => {
    fc.assert(
      fc.property(worlds, ({ after, before }) => {
        const undone = undoIn(after, target(1), inBatch(2))
        expect(contentsOf(undone, before)).toStrictEqual(contentsOf(before))
      }),
      runs,
    )
  })

  it("can be taken back, and that too", () => {
    fc.assert(
      fc.property(worlds, ({ after }) => {
        const undone = undoIn(after, target(1), inBatch(2))
        const redone = undoIn(undone, target(2), inBatch(3))
        expect(contentsOf(redone)).toStrictEqual(contentsOf(after))
        const again = undoIn(redone, target(3), inBatch(4))
        expect(contentsOf(again)).toStrictEqual(contentsOf(undone))
        expect(contentsOf(undoIn(again, target(4), inBatch(5)))).toStrictEqual(contentsOf(after))
      }),
      runs,
    )
  })

  it("has nothing left to do the second time", () => {
    fc.assert(
      fc.property(worlds, ({ after }) => {
        const undone = undoIn(after, target(1), inBatch(2))
        expect(planUndo(undone, target(1))).toStrictEqual(Result.succeed({ steps: [], undone: [], skipped: [] }))
      }),
      runs,
    )
  })

  it("names each thing once, with the first change that it takes back", () => {
    fc.assert(
      fc.property(worlds, ({ after }) => {
        const { steps, undone } = Result.getOrThrow(planUndo(after, target(1)))
        const ids = undone.map(({ entityId }) => entityId)
        expect(new Set(ids).size).toBe(ids.length)
        expect(new Set(ids)).toStrictEqual(new Set(steps.map(({ entityId }) => entityId)))
        for (const { changeId, entityId } of undone) {
          const first = after.log.find((change) => change.entityId === entityId && change.batchId === batch(1))
          expect(changeId).toBe(first?.id)
        }
      }),
      runs,
    )
  })

  it("gives every earlier state in turn, if batches are taken back in reverse", () => {
    fc.assert(
      fc.property(fc.array(operations, { maxLength: 6 }), (batches) => {
        const states: Array<World> = [emptyWorld]
        for (const [index, within] of batches.entries()) {
          states.push(performAll(states.at(-1) ?? emptyWorld, within, inBatch(index)))
        }
        let world = states.at(-1) ?? emptyWorld
        for (let index = batches.length - 1; index >= 0; index--) {
          world = undoIn(world, target(index), inBatch(100 + index))
          const before = states[index] ?? emptyWorld
          expect(contentsOf(world, before)).toStrictEqual(contentsOf(before))
        }
      }),
      runs,
    )
  })

  it("walks back and forth over batches and their undos", () => {
    fc.assert(
      fc.property(fc.array(operations, { maxLength: 3 }), fc.nat({ max: 3 }), (batches, turns) => {
        let world = batches.reduce((before, within, index) => performAll(before, within, inBatch(index)), emptyWorld)
        const there = contentsOf(world)
        let stack = batches.map((_, index) => index)
        for (let turn = 0; turn <= turns; turn++) {
          const next: Array<number> = []
          for (const number of stack.toReversed()) {
            world = undoIn(world, target(number), inBatch(1_000 * (turn + 1) + number))
            next.push(1_000 * (turn + 1) + number)
          }
          stack = next
          if (turn % 2 === 1) expect(contentsOf(world)).toStrictEqual(there)
        }
      }),
      runs,
    )
  })
})

describe("undo of an actor's changes", () => {
  it("gives the state at that time, if no other hand has written", () => {
    fc.assert(
      fc.property(operations, fc.array(operations, { maxLength: 4 }), (earlier, batches) => {
        const before = performAll(emptyWorld, earlier, inBatch(0))
        const after = batches.reduce(
          (world, within, index) => performAll(world, within, { actor: other, batchId: batch(index + 1) }),
          before,
        )
        const since = UndoTarget.SinceTime({ actor: other, since: at(before.log.length + 1) })
        expect(contentsOf(undoIn(after, since, inBatch(9)), before)).toStrictEqual(contentsOf(before))
      }),
      runs,
    )
  })

  it("leaves the user's changes from before that time", () => {
    fc.assert(
      fc.property(operations, (earlier) => {
        const before = performAll(emptyWorld, earlier, { actor: other, batchId: batch(0) })
        const since = UndoTarget.SinceTime({ actor: other, since: at(before.log.length + 1) })
        expect(planUndo(before, since)).toStrictEqual(Result.succeed({ steps: [], undone: [], skipped: [] }))
      }),
    )
  })
})

/** Operations of an other among those of its user. */
const mixed = fc.array(fc.tuple(fc.boolean(), operation), { maxLength: 24 })
const byAgent = UndoTarget.SinceTime({ actor: other, since: at(0) })

const performMixed = (all: ReadonlyArray<readonly [boolean, Operation]>): World =>
  all.reduce(
    (world, [isAgent, next], index) => perform(world, next, { actor: isAgent ? other : user, batchId: batch(index) }),
    emptyWorld,
  )

describe("undo among the changes of another hand", () => {
  it("plans steps that every store accepts", () => {
    fc.assert(
      fc.property(mixed, (all) => {
        const world = performMixed(all)
        const plan = Result.getOrThrow(planUndo(world, byAgent, true))
        carryOut(world, plan, inBatch(99))
      }),
      { numRuns: 1_000 },
    )
  })

  it("does all or nothing, unless a part is asked for", () => {
    fc.assert(
      fc.property(mixed, (all) => {
        const world = performMixed(all)
        const partial = Result.getOrThrow(planUndo(world, byAgent, true))
        const blocked = partial.skipped.filter(({ reason }) => reason !== "category_gone")
        const whole = planUndo(world, byAgent)
        if (Result.isSuccess(whole)) {
          expect(blocked).toStrictEqual([])
          expect(whole.success).toStrictEqual(partial)
        } else expect(whole.failure.blocked).toStrictEqual(blocked)
      }),
      runs,
    )
  })

  it("keeps what the user has written last", () => {
    const mark = TaskDescription.make("written by the user")
    const withMark = ([isAgent, next]: readonly [boolean, Operation]): readonly [boolean, Operation] =>
      isAgent || next.do !== "updateTask"
        ? [isAgent, next]
        : [isAgent, { ...next, patch: { ...next.patch, description: mark } }]
    fc.assert(
      fc.property(mixed, (all) => {
        const world = performMixed(all.map(withMark))
        const undone = undoIn(world, byAgent, inBatch(99), true)
        for (const [id, { isDeleted, values }] of world.tasks) {
          if (values.description !== mark) continue
          expect(undone.tasks.get(id)?.values.description).toBe(mark)
          const isDeletion = ({ actor, entityId, op }: Change) => entityId === id && op === "deleted" && actor === user
          // The undo of a restoration puts the task back into the trash, if the user moved it there.
          if (!isDeleted && !world.log.some(isDeletion)) expect(undone.tasks.get(id)?.isDeleted).toBe(false)
        }
      }),
      runs,
    )
  })

  it("names each category that a task gets back without showing it", () => {
    fc.assert(
      fc.property(mixed, (all) => {
        const world = performMixed(all)
        const plan = Result.getOrThrow(planUndo(world, byAgent, true))
        const undone = carryOut(world, plan, inBatch(99))
        for (const [id, { values }] of undone.tasks) {
          const had = world.tasks.get(id)?.values.categoryIds ?? []
          const hidden = values.categoryIds.filter((categoryId) => {
            const isDeleted = (of: World) => of.categories.get(categoryId)?.isDeleted
            return !had.includes(categoryId) && isDeleted(world) && isDeleted(undone)
          })
          const named = plan.skipped.filter(({ entityId, reason }) => entityId === id && reason === "category_gone")
          expect(named.flatMap(({ categoryIds }) => categoryIds)).toStrictEqual(hidden)
        }
      }),
      runs,
    )
  })
})

describe("undo after an edit of one field by another hand", () => {
  /** A batch of one update per task, and then an edit of one field of one of them. */
  const edited = fc.record({
    size: fc.integer({ min: 1, max: 20 }),
    chosen: fc.nat({ max: 19 }),
    isPriority: fc.boolean(),
  })

  it("is blocked by exactly that field, and a partial one puts back all others", () => {
    fc.assert(
      fc.property(edited, ({ chosen, isPriority, size }) => {
        const created = Array.from(
          { length: size },
          (): Operation => ({ do: "createTask", values: values, categories: [] }),
        )
        const before = performAll(emptyWorld, created, inBatch(0))
        const updates = created.map(
          (_, task): Operation => ({ do: "updateTask", task, patch: { status: "completed", priority: "high" } }),
        )
        const after = performAll(before, updates, { actor: other, batchId: batch(1) })
        const task = chosen % size
        const patch = isPriority ? ({ priority: "low" } as const) : ({ status: "in_progress" } as const)
        const world = perform(after, { do: "updateTask", task, patch }, inBatch(2))

        const id = [...world.tasks.keys()][task]
        const refused = Result.getOrThrow(Result.flip(planUndo(world, target(1))))
        expect(refused).toMatchObject({
          _tag: "UndoConflict",
          blocked: [
            {
              changeId: after.log.find((change) => change.entityId === id && change.batchId === batch(1))?.id,
              entity: "task",
              entityId: id,
              reason: "changed",
              fields: [isPriority ? "priority" : "status"],
              currentVersion: 3,
              by: user,
            },
          ],
        })
        expect(refused.blocked).toHaveLength(1)

        const undone = undoIn(world, target(1), inBatch(3), true)
        for (const [taskId, { values }] of undone.tasks) {
          expect(values).toStrictEqual(taskId === id ? { ...values, ...patch } : values)
        }
      }),
    )
  })
})
