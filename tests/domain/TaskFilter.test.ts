/** Holds filters to what they mean: which tasks each of them selects. */
import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { CategoryName } from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { makeCategory, makeTask } from "../support/entities.ts"
import { home, matches, now, read, task, titled, userId } from "./filters.ts"

const bare = makeTask(userId, { title: TaskTitle.make("Tidy up"), description: null, dueDate: null })

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
