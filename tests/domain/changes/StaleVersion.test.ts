/** Holds the base of a stale write to the versions that its writer names. */
import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { baseOf } from "../../../domain/changes/StaleVersion.ts"
import { type AcceptedVersions, Version } from "../../../domain/shared/Version.ts"

const v = (number: number): Version => Version.make(number)

describe("the base of a stale write", () => {
  it.each<readonly [AcceptedVersions, number | null | "unknown"]>([
    [v(3), 3],
    [v(5), 5],
    [v(6), "unknown"],
    [[v(1), v(3), v(9)], 3],
    [[v(9), v(3), v(1)], 3],
    [[v(9), v(6)], "unknown"],
    [[], null],
    ["any", null],
  ])("that names %j of version 5 is %j", (accepted, expected) => {
    const base = baseOf(accepted, v(5))
    expect(Result.isSuccess(base) ? base.success : "unknown").toBe(expected)
  })
})
