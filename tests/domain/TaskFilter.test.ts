/** Holds filters to their language: what they mean, where they are wrong, and that no text breaks them. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { CategoryName } from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { utc, zoneOf } from "../../domain/tasks/FilterDates.ts"
import { parseFilter } from "../../domain/tasks/FilterParser.ts"
import { fold, searchTextOf } from "../../domain/tasks/SearchText.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { matchesFilter, type TaskFilter } from "../../domain/tasks/TaskFilter.ts"
import { makeCategory, makeTask, newUserId } from "../support/entities.ts"

const userId = newUserId()
const now = Timestamp.make("2026-11-26T12:00:00.000Z")
const zone = (name: string) => Result.getOrThrow(zoneOf(name))

const read = (text: string, at = now, zoneName = "UTC") => parseFilter(text, { now: at, zone: zone(zoneName) })
const filterOf = (text: string, at = now, zoneName = "UTC"): TaskFilter =>
  Result.getOrThrow(read(text, at, zoneName)).filter
const matches = (text: string, task: Task, at = now, zoneName = "UTC"): boolean =>
  matchesFilter(filterOf(text, at, zoneName), task)

const titled = (title: string, description: string | null = null) =>
  makeTask(userId, {
    title: TaskTitle.make(title),
    description: description === null ? null : TaskDescription.make(description),
  })

const home = makeCategory(userId, { name: CategoryName.make("Home") })
const task = makeTask(userId, {
  title: TaskTitle.make("Buy oat milk"),
  description: TaskDescription.make("Two bottles, 100% oat."),
  status: "in_progress",
  priority: "medium",
  dueDate: Timestamp.make("2026-11-26T18:00:00.000Z"),
  createdAt: Timestamp.make("2026-11-20T08:00:00.000Z"),
  updatedAt: Timestamp.make("2026-11-25T08:00:00.000Z"),
  categories: [home],
})
const bare = makeTask(userId, { title: TaskTitle.make("Tidy up"), description: null, dueDate: null })

describe("a folded text", () => {
  it.each(["\u0390", "\u03b0", "\u01f0", "\u1e96", "\u1fd7", "\u1fe4"])(
    "is the same for %s in upper case",
    (letter) => {
      expect(letter.toUpperCase()).not.toHaveLength(1)
      expect(fold(letter.toUpperCase())).toBe(fold(letter))
      expect(matches(letter, titled(`a ${letter.toUpperCase()} b`.normalize("NFC")))).toBe(true)
    },
  )
})

describe("a filter", () => {
  it.each([
    ["milk", true],
    ["MILK", true],
    ["oat bottles", true],
    ["oat and bottles", true],
    ["tea", false],
    ["tea or milk", true],
    ["tea milk or bottles", true],
    ["tea (milk or bottles)", false],
    ["not tea", true],
    ["-tea", true],
    ["-milk", false],
    ["-(milk tea)", true],
    ["not not", false],
    ['"oat milk"', true],
    ['"milk oat"', false],
    ['"100%"', true],
    ["100%", true],
    ["1__%", false],
    ["oat.", true],
    ["bottles,", true],
    ["title:milk", true],
    ["title:bottles", false],
    ["description:bottles", true],
    ["description:milk", false],
    ["title:tea,milk", true],
    ["title!=tea,milk", false],
    ['title:"oat milk"', true],
    ["title : milk", true],
    ["TITLE:Milk", true],
    ["status:in_progress", true],
    ["status:pending,IN_PROGRESS", true],
    ["status!=pending, completed", true],
    ["status!=in_progress", false],
    ["priority:medium", true],
    ["priority>=medium", true],
    ["priority>medium", false],
    ["priority<high", true],
    ["priority<low", false],
    ["priority!=high", true],
    ["category:home", true],
    ["category:Home,Work", true],
    ['category:"HOME"', true],
    ["category:Hom", false],
    [`category:${home.id.toUpperCase()}`, true],
    ["category!=home", false],
    ["category:none", false],
    ['category:"none"', false],
    ["category:nothing", false],
    ["due:today", true],
    ["due:2026-11-26", true],
    ["due:2026-11-26T18:00:00Z", true],
    ["due:2026-11-26T19:00:00+01:00", true],
    ["due:2026-11-26T18:00:00.001Z", false],
    ["due<today", false],
    ["due<=today", true],
    ["due>today", false],
    ["due>=today", true],
    ["due<tomorrow", true],
    ["due<now", false],
    ["due>now", true],
    ["due:tomorrow,today", true],
    ["due!=today", false],
    ["due:none", false],
    ["due!=none", true],
    ["due:none,today", true],
    ["due<+1d", true],
    ["due>-1w due<+1m", true],
    ["created<today", true],
    ["created:-6d", true],
    ["updated:yesterday", true],
    ["overdue", false],
    ["-overdue", true],
  ])("reads %s", (text, expected) => {
    if (text === "not not") expect(Result.isFailure(read(text))).toBe(true)
    else expect(matches(text, task)).toBe(expected)
  })

  it.each([
    ["due<today", false],
    ["due>=1970-01-01", false],
    ["due<=9999-12-31", false],
    ["due!=today", true],
    ["-due:today", true],
    ["not (due<today or due>=today)", true],
    ["due:none", true],
    ["due!=none", false],
    ["category:none", true],
    ["category!=none", false],
    ["overdue", false],
    ["-overdue", true],
  ])("reads %s for a task that has no due date and no category", (text, expected) => {
    expect(matches(text, bare)).toBe(expected)
  })

  it("takes a task as overdue only until it is completed", () => {
    const late = makeTask(userId, { ...task, status: "pending", dueDate: Timestamp.make("2026-11-26T11:59:59.999Z") })
    expect(matches("overdue", late)).toBe(true)
    expect(matches("overdue", { ...late, status: "completed" })).toBe(false)
    expect(matches("overdue", { ...late, dueDate: now })).toBe(false)
  })

  it.each([
    ["Café", "cafe\u0301"],
    ["STRASSE", "strasse"],
    ["ﬁne print", "fine"],
    ["ＦＵＬＬ width", "full"],
    ["ΟΔΟΣ ΑΘΗΝΑΣ", "οδος"],
    ["ΟΔΟΣΑ", "ΟΔΟΣ"],
    ["İstanbul", "i\u0307stanbul"],
    ["½ litre", "1⁄2"],
    ["日本語の題", "本語"],
    ["Party 🎉 now", "🎉"],
  ])("finds in %s the word %s", (title, word) => {
    expect(matches(word, titled(title))).toBe(true)
  })

  it("finds a word in the title and another in the description, and none across both", () => {
    const both = titled("Buy milk", "today\nand bread")
    expect(matches("buy bread", both)).toBe(true)
    expect(matches('"milk\u001ftoday"', titled("Buy milk", "now"))).toBe(false)
    expect(matches('"today\nand"', both)).toBe(true)
    expect(matches('"milktoday"', both)).toBe(false)
  })

  it("reads a quote that is written twice as one", () => {
    expect(matches('"say ""hi"""', titled('They say "hi"'))).toBe(true)
    expect(matches('title:""""', titled('5" pipe'))).toBe(true)
  })

  it("says whether it depends on the time", () => {
    const isRelative = (text: string) => Result.getOrThrow(read(text)).isRelative
    expect(["due:today", "overdue", "-(milk or due<now)", "due:none,+1d"].map(isRelative)).not.toContain(false)
    expect(["milk", "due:none", "due<2026-11-26", "priority>low"].map(isRelative)).not.toContain(true)
  })

  it("finds a category by its name whose name is an id too", () => {
    const named = makeCategory(userId, { name: CategoryName.make(home.id) })
    expect(matches(`category:${home.id}`, { ...task, categories: [named] })).toBe(true)
    expect(matches(`category:${CategoryId.make("0199e0a1-0000-7000-8000-00000000000a")}`, task)).toBe(false)
  })
})

describe("a day of a filter", () => {
  const due = (time: string) => makeTask(userId, { dueDate: Timestamp.make(time) })

  it.each([
    // Clocks go back: 25 hours, from 22:00Z to 23:00Z.
    { day: "2026-10-25", zone: "Europe/Berlin", first: "2026-10-24T22:00:00.000Z", last: "2026-10-25T22:59:59.999Z" },
    // Clocks go forward: 23 hours.
    { day: "2026-03-29", zone: "Europe/Berlin", first: "2026-03-28T23:00:00.000Z", last: "2026-03-29T21:59:59.999Z" },
    // Midnight is skipped.
    { day: "2026-04-24", zone: "Africa/Cairo", first: "2026-04-23T22:00:00.000Z", last: "2026-04-24T20:59:59.999Z" },
    { day: "2026-11-26", zone: "Asia/Kathmandu", first: "2026-11-25T18:15:00.000Z", last: "2026-11-26T18:14:59.999Z" },
    { day: "1970-01-01", zone: "Asia/Tokyo", first: "1970-01-01T00:00:00.000Z", last: "1970-01-01T14:59:59.999Z" },
    {
      day: "9999-12-31",
      zone: "America/New_York",
      first: "9999-12-31T05:00:00.000Z",
      last: "9999-12-31T23:59:59.999Z",
    },
  ])("begins and ends with $day in $zone", ({ day, first, last, zone: name }) => {
    expect(filterOf(`due:${day}`, now, name)).toStrictEqual({ kind: "time", field: "due", from: first, to: last })
    const [atFirst, atLast] = [due(first), due(last)]
    for (const each of [atFirst, atLast]) {
      expect(matches(`due:${day} due<=${day} due>=${day} -due<${day} -due>${day}`, each, now, name)).toBe(true)
    }
  })

  it.each([
    { at: "2026-01-31T12:00:00.000Z", written: "+1m", day: "2026-02-28" },
    { at: "2028-01-31T12:00:00.000Z", written: "+1m", day: "2028-02-29" },
    { at: "2026-03-31T12:00:00.000Z", written: "-1m", day: "2026-02-28" },
    { at: "2026-11-26T12:00:00.000Z", written: "+2w", day: "2026-12-10" },
    { at: "2026-11-26T12:00:00.000Z", written: "-26d", day: "2026-10-31" },
    { at: "2026-11-26T23:30:00.000Z", written: "today", day: "2026-11-26" },
  ])("is $day for $written on $at", ({ at, day, written }) => {
    expect(filterOf(`due:${written}`, Timestamp.make(at))).toStrictEqual(filterOf(`due:${day}`))
  })

  it("is the one of the time zone", () => {
    const evening = Timestamp.make("2026-11-26T23:30:00.000Z")
    expect(filterOf("due:today", evening, "Europe/Berlin")).toStrictEqual(
      filterOf("due:2026-11-27", now, "Europe/Berlin"),
    )
    expect(filterOf("due:today", evening, "America/Lima")).toStrictEqual(
      filterOf("due:2026-11-26", now, "America/Lima"),
    )
  })

  it("that a zone skipped is empty", () => {
    const skipped = filterOf("due:2011-12-30", now, "Pacific/Apia")
    expect(skipped).toMatchObject({ from: "2011-12-30T10:00:00.000Z", to: "2011-12-30T09:59:59.999Z" })
  })

  it("before all others, and behind them, selects nothing", () => {
    for (const text of ["due<1970-01-01", "due>9999-12-31"]) expect(matches(text, task)).toBe(false)
    expect(matches("due<=9999-12-31 due>=1970-01-01", task)).toBe(true)
  })
})

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

describe("a time zone", () => {
  it.each(["UTC", "Europe/Berlin", "europe/berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Calcutta"])(
    "is known: %s",
    (name) => {
      expect(Result.isSuccess(zoneOf(name))).toBe(true)
    },
  )

  it.each(["", "Berlin", "+01:00", "Europe/Berlin ", "Mars/Olympus", "x".repeat(100_000), "../etc", "\0"])(
    "is unknown: %#",
    (name) => {
      expect(zoneOf(name)).toMatchObject({ failure: { _tag: "UnknownTimeZone" } })
    },
  )

  it("is UTC unless a filter names another", () => {
    expect(zoneOf("UTC")).toStrictEqual(Result.succeed(utc))
  })
})

describe("a search text", () => {
  it.prop("is the same when it is folded again", [Arbitrary.schema(Schema.String)], ([text]) => {
    expect(fold(fold(text))).toBe(fold(fold(fold(text))))
  })

  it("has the title before the description", () => {
    expect(searchTextOf(titled("Ärger", "ÜBER"))).toBe("ärger\u001füber")
    expect(searchTextOf(titled("Buy"))).toBe("buy\u001f")
  })
})
