/** Holds cursors of the trash to their text form, and to refuse all other text. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { seal } from "../../domain/shared/SealedText.ts"
import { fromMillis, maxMillis, minMillis } from "../../domain/shared/Timestamp.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { decode, encode } from "../../domain/tasks/TrashCursor.ts"
import { at } from "../support/entities.ts"

const anyTime = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: minMillis, maximum: maxMillis }))),
  fromMillis,
)
const anyId = Arbitrary.schema(Schema.toType(TaskId))
const taskId = TaskId.make("0199e0a1-0000-7000-8000-000000000001")
const isInvalid = (text: string): boolean => Result.isFailure(decode(text))

describe("a cursor of the trash", () => {
  it.prop("gives back every place", [anyTime, anyId], ([deletedAt, id]) => {
    const text = encode({ deletedAt, taskId: id })
    expect(text).toMatch(/^[0-9a-z]{41,50}$/)
    expect(decode(text)).toStrictEqual(Result.succeed({ deletedAt, taskId: id }))
  })

  it.each([minMillis, 1, 35, 36, maxMillis])("keeps the time of %d ms", (millis) => {
    const place = { deletedAt: fromMillis(millis), taskId }
    expect(decode(encode(place))).toStrictEqual(Result.succeed(place))
  })

  it.prop("is no other text", [Schema.String], ([text]) => {
    expect(isInvalid(text)).toBe(true)
  })

  it("is no text with a mistake, and no time that cannot be", () => {
    const text = encode({ deletedAt: at(0), taskId })
    const hex = "0".repeat(32)
    const mistakes = [
      "",
      text.slice(1),
      `${text}0`,
      text.toUpperCase(),
      "0".repeat(100_000),
      seal(hex),
      seal(`${hex}01`),
      seal(`${hex}${(maxMillis + 1).toString(36)}`),
      seal(`${hex}zzzzzzzzzz`),
    ]
    expect(mistakes.filter((mistake) => !isInvalid(mistake))).toStrictEqual([])
  })
})
