/** Holds cursors of the change feed to their text form, and to what they say of a history. */
import { describe, expect, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { SequenceNumber } from "../../../domain/changes/Change.ts"
import { ChangeMark, decode, encode, markOf, originMark, resume } from "../../../domain/changes/ChangeCursor.ts"
import { ChangeId } from "../../../domain/changes/ChangeId.ts"

const seq = (number: number): SequenceNumber => SequenceNumber.make(number)
const ids = ["0199e0a1-0000-7000-8000-000000000001", "0199e0a1-0000-7000-8000-000000000002"].map((id) =>
  ChangeId.make(id),
)
const [id, otherId] = ids as [ChangeId, ChangeId]
const tag = <A, E extends { readonly _tag: string }>(result: Result.Result<A, E>): string =>
  Result.isSuccess(result) ? "ok" : result.failure._tag

describe("markOf", () => {
  it.prop("is a whole number of 32 bits", [ChangeId], ([any]) => {
    expect(Schema.is(ChangeMark)(markOf(any))).toBe(true)
  })

  it("differs for ids that differ in their last digit", () => {
    expect(markOf(id)).not.toBe(markOf(otherId))
  })
})

describe("encode and decode", () => {
  const cursor = Schema.Struct({ seq: SequenceNumber, mark: ChangeMark })

  it.prop("give each other back, in at most 40 safe characters", [cursor], ([any]) => {
    const text = encode(any)
    expect(text).toMatch(/^[A-Za-z0-9_-]{10,40}$/)
    expect(Result.getOrThrow(decode(text))).toStrictEqual({ ...any })
  })

  it.each([0, 1, 35, 36, Number.MAX_SAFE_INTEGER])("keep the sequence number %d", (number) => {
    for (const mark of [0, 1, 0xffff_ffff]) {
      const any = { seq: seq(number), mark: ChangeMark.make(mark) }
      expect(decode(encode(any))).toStrictEqual(Result.succeed(any))
    }
  })

  it.each([
    "",
    "now",
    "1",
    "-00000000",
    "1-",
    "1-0000000",
    "1-000000000",
    "1-0000000g",
    "1-0000000A",
    "01-00000000",
    "Z-00000000",
    "-1-00000000",
    "1.5-00000000",
    " 1-00000000",
    "1-00000000\n",
    `${(Number.MAX_SAFE_INTEGER + 1).toString(36)}-00000000`,
    `${"z".repeat(31)}-00000000`,
  ])("refuse the text %j", (text) => {
    expect(tag(decode(text))).toBe("InvalidCursor")
  })

  it("refuse a text that is far too long", () => {
    expect(tag(decode(`${"1".repeat(1_000_000)}-00000000`))).toBe("InvalidCursor")
  })

  it.prop("refuse every text of another form, and never throw", [Schema.String], ([text]) => {
    const read = decode(text)
    if (Result.isSuccess(read)) expect(encode(read.success)).toBe(text)
  })
})

describe("resume", () => {
  const floor = { floor: seq(10), floorMark: markOf(id) }
  const at = (number: number, mark: ChangeMark) => ({ seq: seq(number), mark })

  it.each([
    ["the head", at(20, markOf(otherId)), { head: seq(20), rowAt: otherId }, "ok"],
    ["a change between", at(15, markOf(otherId)), { head: seq(20), rowAt: otherId }, "ok"],
    ["the floor", at(10, markOf(id)), { head: seq(20), rowAt: null }, "ok"],
    ["the floor of an otherwise empty history", at(10, markOf(id)), { head: seq(10), rowAt: null }, "ok"],
    ["beyond the head", at(21, markOf(otherId)), { head: seq(20), rowAt: null }, "CursorReset"],
    ["another change", at(15, markOf(id)), { head: seq(20), rowAt: otherId }, "CursorReset"],
    ["another change at the floor", at(10, markOf(otherId)), { head: seq(20), rowAt: null }, "CursorReset"],
    ["a change that is missing", at(15, markOf(otherId)), { head: seq(20), rowAt: null }, "CursorReset"],
    ["below the floor", at(9, markOf(otherId)), { head: seq(20), rowAt: null }, "CursorExpired"],
    ["the origin, after a removal", at(0, originMark), { head: seq(20), rowAt: null }, "CursorExpired"],
  ])("decides for a cursor at %s", (_, cursor, log, expected) => {
    expect(tag(resume(cursor, { ...floor, ...log }))).toBe(expected)
  })

  it("starts at the origin while nothing was removed", () => {
    for (const head of [0, 5]) {
      const log = { head: seq(head), floor: seq(0), floorMark: originMark, rowAt: null }
      expect(tag(resume(at(0, originMark), log))).toBe("ok")
      expect(tag(resume(at(0, markOf(id)), log))).toBe("CursorReset")
    }
  })

  const small = Schema.Literals([0, 1, 2, 3, 4, 5])
  const row = Schema.NullOr(Schema.Literals([0, 1]))

  it.prop(
    "lets only a place pass at which nothing is missing and the same change stands",
    [small, small, small, row, Schema.Literals([0, 1])],
    ([place, head, floor, rowIndex, own]) => {
      const [mark, floorMark] = [markOf(ids[own] ?? id), markOf(id)]
      const rowAt = rowIndex === null ? null : (ids[rowIndex] ?? id)
      const result = resume(at(place, mark), { head: seq(head), floor: seq(floor), floorMark, rowAt })
      const isSame = place === floor ? own === 0 : own === rowIndex
      expect(Result.isSuccess(result)).toBe(place <= head && place >= floor && isSame)
    },
  )
})
