/** Holds the parser of filters to where a text is wrong, to its limits, and to the rule that no text breaks it. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { matchesFilter } from "../../domain/tasks/TaskFilter.ts"
import { read, task } from "./filters.ts"

describe("a filter that cannot be read", () => {
  it.each([
    ["", 0, ["term"]],
    ["   ", 3, ["term"]],
    ["milk or", 7, ["term"]],
    ["and milk", 0, ["term"]],
    ["milk and and tea", 9, ["term"]],
    ["not", 3, ["term"]],
    ["-", 1, ["term"]],
    ["milk - tea", 6, ["term"]],
    ["--milk", 1, ["term"]],
    ["()", 1, ["term"]],
    ["(milk", 5, ["closing_parenthesis"]],
    ["milk)", 4, ["term", "end"]],
    ['"milk', 0, ["quote"]],
    ['""', 0, ["term"]],
    ['title:""', 6, ["value"]],
    ['title:"milk', 6, ["quote"]],
    ["title:", 6, ["value"]],
    ["title: )", 7, ["value"]],
    ["title:a,", 8, ["value"]],
    ["title>a", 5, ["operator"]],
    ["status<pending", 6, ["operator"]],
    ["category>=a", 8, ["operator"]],
    ["status:done", 7, ["status"]],
    ["status:pending,done", 15, ["status"]],
    ["priority:urgent", 9, ["priority"]],
    ["due:soon", 4, ["date"]],
    ["due:2026-02-30", 4, ["date"]],
    ["due:2026-11-26T18:00:00", 4, ["date"]],
    ["due:3d", 4, ["date"]],
    ["due:+1h", 4, ["date"]],
    ["due:+9999999d", 4, ["date"]],
    ["due:1969-12-31", 4, ["date"]],
    ["due<none", 4, ["date"]],
    ["created:none", 8, ["date"]],
    ["due<today,tomorrow", 9, []],
    ["http://example.org", 0, ["term"]],
    ["12:30", 2, []],
    ["🎉🎉 foo:bar", 3, ["term"]],
    ["milk\u0000", 4, []],
    ["milk\ud800", 4, []],
    ["x".repeat(1001), 1000, ["end"]],
    ["(".repeat(11), 10, []],
    [Array.from({ length: 51 }, (_, n) => `w${n}`).join(" "), 190, ["end"]],
    [`title:${Array.from({ length: 51 }, () => "a").join(",")}`, 106, ["end"]],
  ])("%# says where and what is expected: %s", (text, position, expected) => {
    expect(read(text)).toMatchObject({ _tag: "Failure", failure: { _tag: "InvalidFilter", position, expected } })
  })

  it("is one beyond a limit, and none at it", () => {
    for (const text of [
      "🎉".repeat(1000),
      `${"(".repeat(10)}milk${")".repeat(10)}`,
      `(a) ${"((b)) ".repeat(20)}`,
      `title:${Array.from({ length: 50 }, () => "a").join(",")}`,
    ]) {
      expect(Result.isSuccess(read(text))).toBe(true)
    }
  })
})

describe("parseFilter", () => {
  const words: ReadonlyArray<string> = [
    ...["milk", "and", "or", "not", "-", "(", ")", '"', ",", ":", "!=", "<", "<=", ">", ">=", " ", "overdue", "due"],
    ...[
      "status",
      "category",
      "title",
      "today",
      "+3d",
      "none",
      "pending",
      "high",
      "priority",
      "é",
      "\\",
      "%",
      "\n",
      "🎉",
    ],
  ]
  const pieces = Schema.Array(Schema.Literals(words))

  it.prop("reads or refuses any text of its own words", [pieces], ([pieces]) => {
    const text = pieces.join("")
    const result = read(text)
    if (Result.isFailure(result)) {
      expect(result.failure.position).toBeLessThanOrEqual([...text].length)
      expect(result.failure.reason).toMatch(/^must /)
    } else matchesFilter(result.success.filter, task)
  })

  it.prop("reads or refuses any text", [Arbitrary.schema(Schema.String)], ([text]) => {
    const result = read(text)
    if (Result.isSuccess(result)) matchesFilter(result.success.filter, task)
    else expect(result.failure._tag).toBe("InvalidFilter")
  })

  it("looks at a long text no longer than at a short one", () => {
    for (const text of ["(", ")", "-", '"', "a:", "not ", "a or ", ",", "due<", " ", "title:a,"]) {
      expect(Result.isFailure(read(text.repeat(1_000_000)))).toBe(true)
    }
  })
})
