/** Decides which traces are recorded, by the names of `OTEL_TRACES_SAMPLER`. */
import type { RemoteParent } from "./Tracing.ts"

export const samplerNames = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const
export type SamplerName = (typeof samplerNames)[number]

/** Returns whether the trace with the id is recorded. A trace without a parent begins in this process. */
export type Sampler = (traceId: string, parent: RemoteParent | undefined) => boolean

/** The end of a trace id that W3C Trace Context level 2 defines as random, as far as a number holds it exactly. */
const randomDigits = 13
const randomValues = 16 ** randomDigits

/**
 * Returns the sampler of the name. A `ratio` from 0 to 1 of all traces is recorded. All services decide the same way,
 * because the decision depends on the trace id alone.
 */
export const makeSampler = (name: SamplerName, ratio: number): Sampler => {
  const threshold = (1 - ratio) * randomValues
  const decide: Sampler = name.endsWith("always_on")
    ? () => true
    : name.endsWith("always_off")
      ? () => false
      : (traceId) => Number.parseInt(traceId.slice(-randomDigits), 16) >= threshold
  return name.startsWith("parentbased_")
    ? (traceId, parent) => (parent === undefined ? decide(traceId, parent) : parent.sampled)
    : decide
}
