/** Holds cursors of histories to their text form, to the filter that they belong to, and to refuse all other text. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { BatchId } from "../../../domain/changes/BatchId.ts"
import { SequenceNumber } from "../../../domain/changes/Change.ts"
import type { ChangeFilter } from "../../../domain/changes/ChangeFilter.ts"
import { decode, encode } from "../../../domain/changes/HistoryCursor.ts"
import { seal } from "../../../domain/shared/SealedText.ts"
import { TaskId } from "../../../domain/tasks/TaskId.ts"

const id = "0199e0a1-0000-7000-8000-000000000001"
const filters: ReadonlyArray<ChangeFilter> = [
  {},
  { entityId: TaskId.make(id) },
  { actorId: id },
  { batchId: BatchId.make(id) },
  { actorId: id, batchId: BatchId.make(id) },
]
const anyFilter = Schema.Literals([0, 1, 2, 3, 4]).pipe(
  Arbitrary.schema,
  Arbitrary.map((index) => filters[index] ?? {}),
)
const anyPlace = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })))
const place = (number: number) => SequenceNumber.make(number)
const tag = (filter: ChangeFilter, text: string): string =>
  Result.match(decode(filter, text), { onSuccess: () => "ok", onFailure: ({ _tag }) => _tag })

describe("a cursor of a history", () => {
  it.prop("gives back every place under every filter", [anyFilter, anyPlace], ([filter, number]) => {
    const text = encode(filter, place(number))
    expect(text).toMatch(/^[0-9a-z]{17,27}$/)
    expect(decode(filter, text)).toStrictEqual(Result.succeed(number))
  })

  it("belongs to one filter", () => {
    for (const [index, filter] of filters.entries()) {
      const text = encode(filter, place(42))
      const tags = filters.map((other) => tag(other, text))
      expect(tags).toStrictEqual(filters.map((_, other) => (other === index ? "ok" : "CursorMismatch")))
    }
  })

  it.prop("is no other text", [Schema.String], ([text]) => {
    expect(tag({}, text)).toBe("InvalidCursor")
  })

  it("is no text with a mistake, and no place that cannot be", () => {
    const text = encode({}, place(42))
    const mistakes = [
      "",
      text.slice(1),
      `${text}0`,
      text.toUpperCase(),
      ` ${text}`,
      text.slice(0, -1),
      "0".repeat(100_000),
      seal("00000000"),
      seal("000000000"),
      seal(`00000000${"z".repeat(11)}`),
    ]
    expect(mistakes.map((mistake) => tag({}, mistake))).toStrictEqual(mistakes.map(() => "InvalidCursor"))
  })
})
