/** Holds the samplers to the part of the traces that they record, and to the decision of the caller. */
import { Tracer } from "effect"
import { Hex } from "effect/encoding"
import { describe, expect, it } from "vitest"
import { makeSampler, samplerNames } from "../../../adapters/telemetry/tracing/Sampler.ts"

const traceIds = Array.from({ length: 4_000 }, () => Hex.random(32))
const parentOf = (traceId: string, sampled: boolean) => ({
  ...Tracer.externalSpan({ traceId, spanId: Hex.random(16), sampled }),
  traceState: "",
})

/** The part of the traces that are recorded: without a parent, below a sampled one, and below another one. */
const partsOf = (name: (typeof samplerNames)[number], ratio: number) => {
  const isSampled = makeSampler(name, ratio)
  const part = (parent: (traceId: string) => ReturnType<typeof parentOf> | undefined) =>
    traceIds.filter((traceId) => isSampled(traceId, parent(traceId))).length / traceIds.length
  return [part(() => undefined), part((id) => parentOf(id, true)), part((id) => parentOf(id, false))]
}

describe("the sampler", () => {
  it.each([
    ["always_on", [1, 1, 1]],
    ["always_off", [0, 0, 0]],
    ["parentbased_always_on", [1, 1, 0]],
    ["parentbased_always_off", [0, 1, 0]],
  ] as const)("%s", (name, parts) => {
    expect(partsOf(name, 0.5)).toEqual(parts)
  })

  it.each([0, 0.25, 1])("of the ratio %d records that part", (ratio) => {
    const [root = 0, below = 0] = partsOf("traceidratio", ratio)
    expect(Math.abs(root - ratio)).toBeLessThan(ratio % 1 === 0 ? Number.MIN_VALUE : 0.05)
    expect(below).toBe(root)
    expect(partsOf("parentbased_traceidratio", ratio)).toEqual([root, 1, 0])
  })

  it("of a higher ratio records every trace of a lower one", () => {
    const [low, high] = [makeSampler("traceidratio", 0.1), makeSampler("traceidratio", 0.6)]
    expect(traceIds.filter((id) => low(id, undefined) && !high(id, undefined))).toEqual([])
  })

  it("has every name of OpenTelemetry but two for other systems", () => {
    expect(samplerNames).toHaveLength(6)
  })
})
