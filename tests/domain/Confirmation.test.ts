/** Tests the text by which a plan is confirmed. */
import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import * as FastCheck from "fast-check"
import * as Confirmation from "../../domain/changes/Confirmation.ts"
import { fromMillis } from "../../domain/shared/Timestamp.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"

const seal = "A".repeat(43)
const content = FastCheck.record({
  expiresAtMillis: FastCheck.integer({ min: 0, max: 253_402_300_799_999 }),
  versions: FastCheck.array(FastCheck.integer({ min: 0, max: 2_147_483_647 }), { maxLength: 100 }),
})

describe("a confirmation", () => {
  it("is read as it was written", () => {
    FastCheck.assert(
      FastCheck.property(content, (given) => {
        const text = Confirmation.encode(given, seal)
        expect(text.length).toBeLessThanOrEqual(Confirmation.maxConfirmationLength)
        expect(Confirmation.decode(text)).toStrictEqual(Option.some({ ...given, seal }))
      }),
    )
  })

  it("is read from no other text, and from any text without an exception", () => {
    for (const text of ["", ".", "..", `1..${"A".repeat(42)}`, `1.1-.${seal}`, `!.1.${seal}`, "a".repeat(10_000)]) {
      expect(Confirmation.decode(text), text).toStrictEqual(Option.none())
    }
    FastCheck.assert(
      FastCheck.property(FastCheck.string(), (text) => {
        expect(Option.isOption(Confirmation.decode(text))).toBe(true)
      }),
    )
  })

  it("is sealed together with its user, its request, its time and its versions", () => {
    const plan = { userId: "ada", request: "delete" }
    const one = Confirmation.sealedText({ expiresAtMillis: 1, versions: [1, 2] }, plan)
    for (const other of [
      Confirmation.sealedText({ expiresAtMillis: 2, versions: [1, 2] }, plan),
      Confirmation.sealedText({ expiresAtMillis: 1, versions: [1, 3] }, plan),
      Confirmation.sealedText({ expiresAtMillis: 1, versions: [1, 2] }, { ...plan, userId: "bob" }),
      Confirmation.sealedText({ expiresAtMillis: 1, versions: [1, 2] }, { ...plan, request: "add" }),
    ]) {
      expect(other).not.toBe(one)
    }
  })

  it("holds until its time, and names the tasks that have another version", () => {
    const given = { expiresAtMillis: 1_000, versions: [1, 2, 0] }
    expect([999, 1_000].map((millis) => Confirmation.isOpen(given, fromMillis(millis)))).toStrictEqual([true, false])
    const ids = ["a", "b", "c"] as unknown as ReadonlyArray<TaskId>
    expect(Confirmation.movedTasks(ids, given.versions, [1, 3, 0])).toStrictEqual(["b"])
    expect(Confirmation.movedTasks(ids, given.versions, [1, 2, 0])).toStrictEqual([])
    // A confirmation of fewer tasks names the others.
    expect(Confirmation.movedTasks(ids, [1], [1, 2, 0])).toStrictEqual(["b", "c"])
  })
})
