/** Holds the decision of conflicts and merges to the contract, by properties. */
import { describe, expect, it } from "@effect/vitest"
import { Option, Result, Struct } from "effect"
import * as fc from "fast-check"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { type Difference, differenceOf, type TaskValues } from "../../../domain/changes/EntityState.ts"
import { changesSince, type Patch, rebase } from "../../../domain/changes/Rebase.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { someCategoryIds, taskPatch, taskValues } from "../../support/taskValues.ts"

type Values = Partial<TaskValues>
const [one, two, three, four] = someCategoryIds
if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error("Too few ids.")

const apply = (values: TaskValues, patch: Values): TaskValues => ({ ...values, ...patch })
/** The change that a patch makes of the values. */
const changeBy = (values: TaskValues, patch: Values): Difference<TaskValues> =>
  differenceOf(values, apply(values, patch))

/** Returns the patch without the fields that `theirs` sets, and without the categories that it adds or removes. */
const withoutOverlap = (values: TaskValues, theirs: Values, patch: Values): Values => {
  const { categoryIds, ...rest } = Struct.omit(
    patch,
    Struct.keys(theirs).filter((name) => name !== "categoryIds"),
  )
  if (categoryIds === undefined) return rest
  const before = values.categoryIds
  const isTheirs = (id: CategoryId): boolean => before.includes(id) !== apply(values, theirs).categoryIds.includes(id)
  return {
    ...rest,
    categoryIds: someCategoryIds.filter((id) => (isTheirs(id) ? before : categoryIds).includes(id)),
  }
}

const [title, otherTitle, thirdTitle] = ["Buy milk", "Buy oat milk", "Buy tea"].map((text) => TaskTitle.make(text))
if (title === undefined || otherTitle === undefined || thirdTitle === undefined) throw new Error("Too few titles.")

describe("rebase", () => {
  it("names what changed since, what is in conflict, and the values at the base", () => {
    const changes: ReadonlyArray<Difference<TaskValues>> = [
      { before: { title, priority: "low" }, after: { title: otherTitle, priority: "high" } },
      { before: { status: "pending" }, after: { status: "completed" } },
      { before: { status: "completed" }, after: { status: "pending" } },
    ]
    expect(rebase<TaskValues>({ title: thirdTitle, status: "in_progress" }, changes)).toStrictEqual({
      changedFields: ["title", "priority"],
      conflictingFields: ["title"],
      base: { title, priority: "low" },
      isMergeable: false,
      patch: { title: thirdTitle, status: "in_progress" },
    })
  })

  it("takes an undefined field as not sent", () => {
    const changes: ReadonlyArray<Difference<TaskValues>> = [{ before: { title }, after: { title: otherTitle } }]
    const patch: Patch<TaskValues> = { title: undefined, priority: "high" }
    expect(rebase(patch, changes)).toMatchObject({ isMergeable: true, patch: { priority: "high" } })
    expect(Object.keys(rebase(patch, changes).patch)).toStrictEqual(["priority"])
  })

  it("ignores changes without values", () => {
    const changes: ReadonlyArray<Difference<TaskValues>> = [
      { before: null, after: null },
      { before: { title }, after: { title: otherTitle } },
      { before: null, after: null },
    ]
    expect(rebase({ title: otherTitle }, changes)).toMatchObject({ changedFields: ["title"], conflictingFields: [] })
  })

  it("adds and removes categories, and never finds them in conflict", () => {
    // Seen: one, two. Sent: without one, with three. Meanwhile: without two, with four.
    const changes: ReadonlyArray<Difference<TaskValues>> = [
      { before: { categoryIds: [one, two] }, after: { categoryIds: [one, four] } },
    ]
    expect(rebase<TaskValues>({ categoryIds: [two, three] }, changes)).toMatchObject({
      changedFields: ["categoryIds"],
      conflictingFields: [],
      isMergeable: true,
      patch: { categoryIds: [three, four] },
    })
  })

  it("finds nothing changed without changes", () => {
    fc.assert(
      fc.property(taskPatch, (patch) => {
        expect(rebase<TaskValues>(patch, [])).toStrictEqual({
          changedFields: [],
          conflictingFields: [],
          base: {},
          isMergeable: true,
          patch,
        })
      }),
    )
  })

  it("merges patches of disjoint fields, and of categories, to the same values in either order", () => {
    fc.assert(
      fc.property(taskValues, taskPatch, taskPatch, (values, mine, sent) => {
        const theirs: Values = Struct.omit(
          sent,
          Struct.keys(mine).filter((name) => name !== "categoryIds"),
        )
        const thenMine = rebase(mine, [changeBy(values, theirs)])
        const thenTheirs = rebase(theirs, [changeBy(values, mine)])
        expect([thenMine.isMergeable, thenTheirs.isMergeable]).toStrictEqual([true, true])
        expect(apply(apply(values, theirs), thenMine.patch)).toStrictEqual(apply(apply(values, mine), thenTheirs.patch))
      }),
    )
  })

  it("finds no conflict if both sides set the same values", () => {
    fc.assert(
      fc.property(taskValues, taskPatch, taskPatch, (values, both, more) => {
        const theirs = apply(values, { ...more, ...both })
        const rebased = rebase(both, [differenceOf(values, theirs)])
        expect(rebased.conflictingFields).toStrictEqual([])
        expect(apply(theirs, rebased.patch)).toStrictEqual(theirs)
      }),
    )
  })

  it("takes a value that was changed there and back as unchanged", () => {
    fc.assert(
      fc.property(taskValues, fc.array(taskPatch, { maxLength: 4 }), taskPatch, (values, detours, mine) => {
        const changes: Array<Difference<TaskValues>> = []
        let present = values
        for (const patch of [...detours, values]) {
          changes.push(changeBy(present, patch))
          present = apply(present, patch)
        }
        expect(rebase(mine, changes)).toStrictEqual(rebase(mine, []))
      }),
    )
  })

  it("sees only the first and the last value of many changes", () => {
    fc.assert(
      fc.property(taskValues, fc.array(taskPatch, { maxLength: 5 }), taskPatch, (values, patches, mine) => {
        const changes: Array<Difference<TaskValues>> = []
        let present = values
        for (const patch of patches) {
          changes.push(changeBy(present, patch))
          present = apply(present, patch)
        }
        const rebased = rebase(mine, changes)
        const whole = rebase(mine, [differenceOf(values, present)])
        expect({ ...rebased, changedFields: rebased.changedFields.toSorted() }).toStrictEqual({
          ...whole,
          changedFields: whole.changedFields.toSorted(),
        })
        expect(rebased.base).toStrictEqual(Struct.pick(values, rebased.changedFields))
        const isConflict = (name: keyof TaskValues): boolean =>
          name !== "categoryIds" &&
          mine[name] !== undefined &&
          mine[name] !== present[name] &&
          values[name] !== present[name]
        expect(rebased.conflictingFields.toSorted()).toStrictEqual(Struct.keys(values).filter(isConflict).toSorted())
      }),
    )
  })

  it("leaves the other's values when a merged edit is taken back", () => {
    fc.assert(
      fc.property(taskValues, taskPatch, taskPatch, (values, theirs, sent) => {
        const theirChange = changeBy(values, theirs)
        const mine = withoutOverlap(values, theirs, sent)
        const between = apply(values, theirs)
        const merged = changeBy(between, rebase(mine, [theirChange]).patch)
        const present = apply(between, merged.after ?? {})
        // Mine is taken back after theirs, and theirs before mine.
        expect(apply(present, rebase(merged.before ?? {}, []).patch)).toStrictEqual(between)
        const takenBack = rebase(theirChange.before ?? {}, [merged])
        expect(takenBack.isMergeable).toBe(true)
        expect(apply(present, takenBack.patch)).toStrictEqual(apply(values, rebase(mine, []).patch))
      }),
    )
  })
})

describe("changesSince", () => {
  const version = (number: number): Version => Version.make(number)
  const changes = [
    { version: version(2), op: "updated" },
    { version: version(3), op: "restored" },
    { version: version(3), op: "deleted" },
    { version: version(4), op: "restored" },
    { version: null, op: "purged" },
  ]

  it("returns the changes after the base, if all of them are kept", () => {
    expect(Result.getOrThrow(changesSince(version(2), version(4), changes))).toStrictEqual(
      Option.some(changes.slice(1, 4)),
    )
    expect(Result.getOrThrow(changesSince(version(4), version(4), []))).toStrictEqual(Option.some([]))
  })

  it("returns none if one of them is missing", () => {
    expect(Result.getOrThrow(changesSince(version(1), version(4), changes.slice(1)))).toStrictEqual(Option.none())
    expect(Result.getOrThrow(changesSince(version(1), version(5), changes))).toStrictEqual(Option.none())
    expect(Result.getOrThrow(changesSince(version(1), version(2), []))).toStrictEqual(Option.none())
  })

  it("refuses a version that does not exist yet", () => {
    const refused = Result.flip(changesSince(version(5), version(4), changes))
    expect(Result.getOrThrow(refused)).toMatchObject({ _tag: "UnknownVersion", version: 5, current: 4 })
  })
})
