/** Holds the seals of plans to their text and to the signing keys. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as HkdfPlanSeals from "../../../adapters/crypto/HkdfPlanSeals.ts"
import * as SigningKeys from "../../../adapters/crypto/SigningKeys.ts"
import { PlanSeals } from "../../../application/batch/PlanSeals.ts"

const sealsOf = (keys: SigningKeys.SigningKeys) =>
  Effect.runPromise(Effect.provide(PlanSeals, HkdfPlanSeals.layer(keys)))
const newKeys = () => Effect.runPromise(SigningKeys.generate)

describe("HkdfPlanSeals", () => {
  it("accepts the seal of a text for this text alone", async () => {
    const { isSealOf, seal } = await sealsOf(await newKeys())
    const made = seal("a plan")
    expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(isSealOf(made, "a plan")).toBe(true)
    for (const [other, text] of [
      [made, "another plan"],
      [made, ""],
      ["", "a plan"],
      [`${made}A`, "a plan"],
      [made.slice(1), "a plan"],
      ["A".repeat(43), "a plan"],
      ["é".repeat(43), "a plan"],
    ] as const) {
      expect(isSealOf(other, text), `${other} ${text}`).toBe(false)
    }
  })

  it("accepts the seals of processes with the same keys, also of a key that no longer signs", async () => {
    const [old, next] = [await newKeys(), await newKeys()]
    const before = await sealsOf(old)
    const after = await sealsOf([next[0], old[0]])
    const stranger = await sealsOf(next)
    const made = before.seal("a plan")
    expect((await sealsOf(old)).isSealOf(made, "a plan")).toBe(true)
    expect(after.isSealOf(made, "a plan")).toBe(true)
    expect(stranger.isSealOf(made, "a plan")).toBe(false)
  })
})
