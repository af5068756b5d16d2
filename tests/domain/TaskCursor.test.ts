/** Holds cursors of task lists to their text form, to the list that they belong to, and to refuse all other text. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { SequenceNumber } from "../../domain/changes/Change.ts"
import { encode as encodeChangeCursor, originMark } from "../../domain/changes/ChangeCursor.ts"
import { fnv1a } from "../../domain/shared/Fnv1a.ts"
import { fromMillis, maxMillis, minMillis, Timestamp } from "../../domain/shared/Timestamp.ts"
import { decode, encode, type TaskCursor } from "../../domain/tasks/TaskCursor.ts"
import { TaskPriority, TaskStatus } from "../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import type { TaskPlace } from "../../domain/tasks/TaskPlace.ts"
import { SortOrder, type TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { at } from "../support/entities.ts"

const id = TaskId.make("0199e0a1-0000-7000-8000-000000000001")
const newest: TaskSelection = { sort: "created_at", order: "desc" }
const byDueDate: TaskSelection = { sort: "due_date", order: "asc" }
const byPriority: TaskSelection = { sort: "priority", order: "asc" }

const cursorAt = (key: TaskPlace["key"], changesCursor: string | null = null): TaskCursor => ({
  place: { key, id },
  changesCursor,
  evaluatedAt: null,
})
const written = encode(newest, cursorAt(at(1)))

const tag = <A, E extends { readonly _tag: string }>(result: Result.Result<A, E>): string =>
  Result.isSuccess(result) ? "ok" : result.failure._tag

const time = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: minMillis, maximum: maxMillis }))),
  fromMillis,
)
const anyId = Arbitrary.schema(Schema.toType(TaskId))
const anyChangesCursor = Schema.NullOr(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)))
const anyOrder = Arbitrary.schema(SortOrder)
const anyPriority = Arbitrary.schema(TaskPriority)

const expectSame = (selection: TaskSelection, cursor: TaskCursor) => {
  const text = encode(selection, cursor)
  expect(text).toMatch(/^[A-Za-z0-9_-]{1,100}$/)
  expect(decode(selection, text)).toStrictEqual(Result.succeed(cursor))
}

describe("encode and decode", () => {
  it.prop(
    "give back every place in the order of a time",
    [Schema.Literals(["created_at", "updated_at", "due_date"]), anyOrder, time, anyId, anyChangesCursor],
    ([sort, order, key, anyId, changesCursor]) =>
      expectSame({ sort, order }, { place: { key, id: anyId }, changesCursor, evaluatedAt: null }),
  )

  it.prop(
    "give back every place in the order of priorities",
    [anyOrder, anyPriority, anyId, anyChangesCursor],
    ([order, key, anyId, changesCursor]) =>
      expectSame({ sort: "priority", order }, { place: { key, id: anyId }, changesCursor, evaluatedAt: null }),
  )

  it.prop(
    "give back every place of a task without a due date",
    [anyOrder, anyId, anyChangesCursor],
    ([order, anyId, changesCursor]) =>
      expectSame({ sort: "due_date", order }, { place: { key: null, id: anyId }, changesCursor, evaluatedAt: null }),
  )

  it.each([minMillis, 1, 35, 36, maxMillis])("keep the time of %d ms", (millis) => {
    expectSame(newest, cursorAt(fromMillis(millis)))
  })

  it("carry a cursor of the change feed beside the place", () => {
    const changesCursor = encodeChangeCursor({ seq: SequenceNumber.make(Number.MAX_SAFE_INTEGER), mark: originMark })
    for (const each of [changesCursor, "_", "-", "-".repeat(40)]) {
      expectSame(newest, cursorAt(at(1), each))
      expectSame(byDueDate, cursorAt(null, each))
    }
  })
})

const categoryIds = ["0199e0a1-0000-7000-8000-00000000000a", "0199e0a1-0000-7000-8000-00000000000b"].map((id) =>
  CategoryId.make(id),
)
const lists: ReadonlyArray<TaskSelection> = TaskSort.literals.flatMap((sort) =>
  SortOrder.literals.flatMap((order) =>
    [undefined, ...TaskStatus.literals].flatMap((status) =>
      [undefined, ...TaskPriority.literals].flatMap((priority) =>
        [undefined, ...categoryIds].flatMap((categoryId) =>
          [undefined, at(0)].flatMap((dueFrom) =>
            [undefined, at(0), at(0.001)].map((dueTo) => ({
              sort,
              order,
              status: status && [status],
              priority: priority && [priority],
              categoryId,
              dueFrom,
              dueTo,
            })),
          ),
        ),
      ),
    ),
  ),
)
const keyIn = ({ sort }: TaskSelection) => (sort === "priority" ? "low" : at(1))

describe("a cursor", () => {
  it("belongs to the list with its sort, order and filters, and to no other", () => {
    const texts = lists.map((list) => encode(list, cursorAt(keyIn(list))))
    const marks = new Set(texts.map((text) => text.slice(8, 16)))
    expect(marks.size).toBe(lists.length)
    for (const [index, list] of lists.entries()) {
      expect(tag(decode(list, texts[index] ?? ""))).toBe("ok")
      const other = lists[(index + 1) % lists.length] ?? newest
      expect(tag(decode(other, texts[index] ?? ""))).toBe("CursorMismatch")
    }
  })

  it("belongs to a list whether an absent filter is named or not", () => {
    const unfiltered = { status: undefined, priority: undefined, categoryId: undefined }
    expect(encode({ ...unfiltered, dueFrom: undefined, dueTo: undefined, ...newest }, cursorAt(at(1)))).toBe(written)
  })

  it("keeps its form, because a client may have stored it", () => {
    const first = cursorAt(Timestamp.make("2026-11-24T12:00:00.000Z"))
    expect(encode({ ...newest, status: ["pending"] }, first)).toBe(
      "c88316fa40a11c850199e0a1000070008000000000000001mwun79c0",
    )
    expect(encode(byPriority, cursorAt("high", "1z-0000abcd"))).toBe(
      "d599f8fa99bdba700199e0a10000700080000000000000012-1z-0000abcd",
    )
  })
})

describe("decode", () => {
  it.each([
    "",
    "0",
    "now",
    " ",
    written.toUpperCase(),
    ` ${written}`,
    `${written}\n`,
    `${written}-`,
    `${written}=`,
    encodeURIComponent(`${written} `),
    Buffer.from(written).toString("base64url"),
    written.slice(8),
    `${written}${written}`,
    "0".repeat(written.length),
    "f".repeat(100),
    encodeChangeCursor({ seq: SequenceNumber.make(7), mark: originMark }),
  ])("refuses the text %j", (text) => {
    expect(tag(decode(newest, text))).toBe("InvalidCursor")
  })

  it("refuses a text that is far too long", () => {
    expect(tag(decode(newest, "0".repeat(1_000_000)))).toBe("InvalidCursor")
    expect(tag(decode(newest, `${encode(newest, cursorAt(at(1), "-".repeat(40)))}-`))).toBe("InvalidCursor")
  })

  it("refuses every text that is a character away from a cursor", () => {
    for (const [list, text] of [
      [newest, written],
      [byDueDate, encode(byDueDate, cursorAt(null, "abc-DEF_1"))],
      [byPriority, encode(byPriority, cursorAt("medium"))],
    ] as const) {
      expect(tag(decode(list, text))).toBe("ok")
      for (let index = 0; index <= text.length; index++) {
        const [before, after] = [text.slice(0, index), text.slice(index)]
        for (const each of ["0", "1", "a", "f", "g", "z", "Z", "-", "_", ".", ""]) {
          for (const changed of [`${before}${each}${after}`, `${before}${each}${after.slice(1)}`]) {
            if (changed !== text) expect(tag(decode(list, changed)), changed).toBe("InvalidCursor")
          }
        }
      }
    }
  })

  it.prop("refuses every text of another form, and never throws", [Schema.String, anyOrder], ([text, order]) => {
    for (const sort of TaskSort.literals) expect(tag(decode({ sort, order }, text))).toBe("InvalidCursor")
  })

  it.each([
    ["no time", newest, ""],
    ["a time with a leading zero", newest, "0z"],
    ["a time after the year 9999", newest, (maxMillis + 1).toString(36)],
    ["the longest number", byDueDate, "z".repeat(10)],
    ["no priority", byPriority, ""],
    ["an unknown priority", byPriority, "3"],
    ["a priority with a leading zero", byPriority, "00"],
    ["a time in place of a priority", byPriority, "k9z2m8h1"],
  ] as const)("refuses %s, even with a right checksum", (_, list, keyText) => {
    const genuine = encode(list, cursorAt(keyIn(list)))
    expect(tag(decode(list, forge(genuine, genuine.slice(48))))).toBe("ok")
    expect(tag(decode(list, forge(genuine, keyText)))).toBe("InvalidCursor")
  })
})

/** Replaces the key of a cursor without changes. The checksum is no signature, so any caller can do this. */
const forge = (text: string, keyText: string): string => {
  const body = `${text.slice(8, 48)}${keyText}`
  return `${fnv1a(body).toString(16).padStart(8, "0")}${body}`
}
