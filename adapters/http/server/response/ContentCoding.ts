/** Negotiates the content coding of a response (RFC 9110 §12.5.3). */

/** The codings that the service can send, best first. */
export const codings = ["br", "gzip", "identity"] as const
export type Coding = (typeof codings)[number]

/**
 * The coding that `Accept-Encoding` weighs highest; of equal ones the first of `codings`. Without the header, and if it
 * excludes every coding, the response is sent as it is (`identity`).
 */
export const negotiateCoding = (acceptEncoding: string | undefined): Coding => {
  if (acceptEncoding === undefined) return "identity"
  const weights = weightsOf(acceptEncoding)
  const others = weights.get("*")
  let best: Coding = "identity"
  let bestWeight = 0
  for (const coding of codings) {
    // A coding that is not named is not acceptable, except `identity`: it is the last choice.
    const weight =
      weights.get(coding) ?? weights.get(`x-${coding}`) ?? others ?? (coding === "identity" ? leastWeight : 0)
    if (weight > bestWeight) {
      best = coding
      bestWeight = weight
    }
  }
  return best
}

/** Below every weight that the header can hold: they have three decimals. */
const leastWeight = 0.0001

const weightsOf = (acceptEncoding: string): ReadonlyMap<string, number> => {
  const weights = new Map<string, number>()
  for (const element of acceptEncoding.toLowerCase().split(",")) {
    const [name = "", ...parameters] = element.split(";").map((part) => part.trim())
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2)
    const weight = quality === undefined ? 1 : Number(quality)
    // An element that does not parse is left out.
    if (name !== "" && weight >= 0 && weight <= 1) weights.set(name, weight)
  }
  return weights
}
