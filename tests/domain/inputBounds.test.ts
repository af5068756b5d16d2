/** Holds schemas of text to a length check before any costly work on the input. */
import { describe, expect, it } from "vitest"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { Password, SubmittedPassword } from "../../domain/accounts/Password.ts"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { TimestampFromRfc3339 } from "../../domain/shared/Timestamp.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { accepts } from "../support/decoding.ts"
import { longestTextWorkedOn } from "../support/watchedText.ts"

const bytes = 64 * 1024
const longTexts = [
  `Aa1${"\u0301".repeat(bytes / 4)}${"\u0327".repeat(bytes / 4)}`,
  " ".repeat(bytes),
  `${" ".repeat(bytes)}Aa1 enough`,
  "Aa1".repeat(bytes / 3),
  `ada@${"a.".repeat(bytes / 2)}com`,
  `2030-01-01T00:00:00.${"0".repeat(bytes)}Z`,
  "\u{16d63}\u{16d67}\u{16d67}".repeat(bytes / 6),
]

describe.each([
  { name: "Password", schema: Password, most: 768 },
  { name: "OfferedPassword", schema: SubmittedPassword, most: 768 },
  { name: "EmailAddress", schema: EmailAddress, most: 508 },
  { name: "FullName", schema: FullName, most: 600 },
  { name: "TaskTitle", schema: TaskTitle, most: 1200 },
  { name: "TaskDescription", schema: TaskDescription, most: 4000 },
  { name: "CategoryName", schema: CategoryName, most: 300 },
  { name: "UserId", schema: UserId, most: 36 },
  { name: "TimestampFromRfc3339", schema: TimestampFromRfc3339, most: 61 },
])("$name", ({ most, schema }) => {
  it("is bounded by its length in UTF-16 units before anything else is done with it", async () => {
    const isAccepted = accepts<typeof schema>(schema)
    for (const text of longTexts) {
      expect(await longestTextWorkedOn(() => expect(isAccepted(text)).toBe(false))).toBe(0)
    }
    for (const text of longTexts) {
      expect(await longestTextWorkedOn(() => isAccepted(text.slice(0, 4096)))).toBeLessThanOrEqual(Math.max(most, 0))
    }
  })
})

describe("the bound before a normalization", () => {
  it("lets every form of a text pass whose normal form fits", () => {
    // Four UTF-16 units compose into one, and of these supplementary characters six.
    for (const character of ["\u1f82", "\u{16d6a}", "한"]) {
      for (const form of ["NFC", "NFD"]) {
        expect(accepts(TaskTitle)(character.repeat(200).normalize(form)), `${character} ${form}`).toBe(true)
        expect(accepts(CategoryName)(character.repeat(50).normalize(form)), `${character} ${form}`).toBe(true)
        expect(accepts(FullName)(character.repeat(100).normalize(form)), `${character} ${form}`).toBe(true)
        expect(accepts(Password)(`Aa1${character.repeat(125)}`.normalize(form)), `${character} ${form}`).toBe(true)
      }
    }
  })

  it("is the most that Unicode composes into one code point", () => {
    let most = 0
    for (let point = 0; point <= 0x10ffff; point++) {
      const text = String.fromCodePoint(point)
      if (text.normalize("NFC") !== text || !text.isWellFormed()) continue
      most = Math.max(most, text.normalize("NFD").length)
    }
    expect(most).toBeLessThanOrEqual(6)
  })
})
