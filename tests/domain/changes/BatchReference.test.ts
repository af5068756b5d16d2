/** Holds the references within a batch to the order of its operations. */
import { describe, expect, it } from "@effect/vitest"
import { Option, Result } from "effect"
import * as fc from "fast-check"
import {
  type BatchOperation,
  BatchReference,
  checkReferences,
  parseReference,
} from "../../../domain/changes/BatchReference.ts"
import type { Entity } from "../../../domain/changes/EntityState.ts"

const creates = (entity: Entity, name: string): BatchOperation => ({
  creates: { entity, name: BatchReference.make(name), path: ["ref"] },
  names: [],
})
const naming = (
  operation: BatchOperation | null,
  ...names: ReadonlyArray<readonly [Entity, string]>
): BatchOperation => ({
  creates: operation?.creates ?? null,
  names: names.map(([entity, name], index) => ({
    entity,
    name: BatchReference.make(name),
    path: entity === "task" ? ["task_id"] : ["category_ids", index],
  })),
})
const issuesOf = (...operations: ReadonlyArray<BatchOperation>) => {
  const checked = checkReferences(operations)
  return Result.isSuccess(checked) ? [] : checked.failure.issues
}

describe("checkReferences", () => {
  it("accepts references to what earlier operations create", () => {
    expect(
      issuesOf(
        creates("category", "home"),
        naming(creates("task", "a"), ["category", "home"]),
        naming(null, ["task", "a"], ["category", "home"]),
      ),
    ).toStrictEqual([])
    expect(issuesOf()).toStrictEqual([])
  })

  it("names each doubled, unknown and forward reference with its path", () => {
    expect(
      issuesOf(
        creates("category", "home"),
        naming(creates("task", "home"), ["category", "away"]),
        naming(null, ["task", "a"]),
        creates("task", "a"),
      ),
    ).toStrictEqual([
      { path: [1, "ref"], name: "home", reason: "duplicate" },
      { path: [1, "category_ids", 0], name: "away", reason: "unknown" },
      { path: [2, "task_id"], name: "a", reason: "forward" },
    ])
  })

  it("does not accept a reference of an operation to itself", () => {
    expect(issuesOf(naming(creates("task", "a"), ["task", "a"]))).toStrictEqual([
      { path: [0, "task_id"], name: "a", reason: "forward" },
    ])
  })

  it("does not accept a category in the place of a task", () => {
    expect(issuesOf(creates("category", "home"), naming(null, ["task", "home"]))).toStrictEqual([
      { path: [1, "task_id"], name: "home", reason: "unknown" },
    ])
  })

  it("accepts exactly the batches in which every reference resolves in order", () => {
    const name = fc.constantFrom("a", "b", "c")
    const entity = fc.constantFrom<Entity>("task", "category")
    const operation = fc
      .tuple(fc.option(fc.tuple(entity, name)), fc.array(fc.tuple(entity, name), { maxLength: 2 }))
      .map(([created, names]) => naming(created === null ? null : creates(...created), ...names))
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 5 }), (operations) => {
        const known = new Map<string, Entity>()
        let isValid = true
        for (const { creates, names } of operations) {
          isValid &&= names.every(({ entity, name }) => known.get(name) === entity)
          if (creates === null) continue
          isValid &&= !known.has(creates.name)
          known.set(creates.name, creates.entity)
        }
        expect(issuesOf(...operations).length === 0).toBe(isValid)
      }),
    )
  })
})

describe("parseReference", () => {
  it.each([
    ["$home", Option.some("home")],
    ["$A-1_b", Option.some("A-1_b")],
    [`$${"a".repeat(64)}`, Option.some("a".repeat(64))],
    ["$", Option.none()],
    ["home", Option.none()],
    ["$$home", Option.none()],
    ["$two words", Option.none()],
    [`$${"a".repeat(65)}`, Option.none()],
    ["0199e0a1-0000-7000-8000-000000000001", Option.none()],
  ])("reads %j", (text, expected) => {
    expect(parseReference(text)).toStrictEqual(expected)
  })
})
