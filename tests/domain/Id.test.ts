/** Holds ids, hashes and page numbers to their canonical forms and limits. */
import { describe, expect, it } from "@effect/vitest"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import { TokenHash, TokenSalt } from "../../domain/accounts/TokenHash.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { PageLimit, PageNumber } from "../../domain/shared/Page.ts"
import { nextVersion, Version } from "../../domain/shared/Version.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { accepts, read } from "../support/decoding.ts"

const uuid = "019ab1f0-4d2e-7c3b-9a61-0123456789ab"

describe.each([
  { name: "TaskId", schema: TaskId },
  { name: "CategoryId", schema: CategoryId },
  { name: "UserId", schema: UserId },
  { name: "SessionId", schema: SessionId },
] as const)("$name", ({ schema }) => {
  it("is a UUID in lower case, read in either case", () => {
    const reads = read<typeof schema>(schema)
    expect(reads(uuid)).toBe(uuid)
    expect(reads(uuid.toUpperCase())).toBe(uuid)
  })

  it("is nothing else", () => {
    const isAccepted = accepts<typeof schema>(schema)
    for (const input of [
      "",
      "1",
      uuid.replaceAll("-", ""),
      `{${uuid}}`,
      `urn:uuid:${uuid}`,
      `${uuid} `,
      `${uuid}0`,
      uuid.replace("a", "g"),
      1,
      null,
      [uuid],
    ]) {
      expect(isAccepted(input), String(input)).toBe(false)
    }
  })
})

describe("TokenHash and TokenSalt", () => {
  it("are 43 characters of base64url", () => {
    for (const schema of [TokenHash, TokenSalt]) {
      const isAccepted = accepts<typeof schema>(schema)
      expect(isAccepted(`${"-_aZ".repeat(10)}abc`)).toBe(true)
      for (const text of ["a".repeat(42), "a".repeat(44), `${"a".repeat(42)}=`, `${"a".repeat(42)}+`])
        expect(isAccepted(text)).toBe(false)
    }
  })
})

describe("whole numbers", () => {
  it.each([
    { name: "PageNumber", schema: PageNumber, minimum: 1, maximum: 1_000_000_000 },
    { name: "PageLimit", schema: PageLimit, minimum: 1, maximum: 100 },
    { name: "Version", schema: Version, minimum: 1, maximum: 2_147_483_647 },
  ] as const)("$name stays within its bounds", ({ schema, minimum, maximum }) => {
    const isAccepted = accepts<typeof schema>(schema)
    expect(isAccepted(minimum)).toBe(true)
    expect(isAccepted(maximum)).toBe(true)
    for (const input of [
      minimum - 1,
      maximum + 1,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      "1",
      null,
      true,
      [1],
    ]) {
      expect(isAccepted(input), String(input)).toBe(false)
    }
  })

  it("leave every offset of a page exact", () => {
    expect(Number.isSafeInteger(1_000_000_000 * 100)).toBe(true)
    expect(nextVersion(Version.make(7))).toBe(8)
  })
})
