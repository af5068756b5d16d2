/** Negotiates the content coding of a response (RFC 9110 §12.5.3). */

/** The codings that the service can send, best first. */
export const codings = ["br", "gzip", "identity"] as const
export type Coding = (typeof codings)[number]

/**
 * Returns the coding with the highest weight in `Accept-Encoding`; of equal ones the first of `codings`. Without the
 * header, or if it excludes every coding, the response is sent without a coding (`identity`).
 */
export const negotiateCoding = (acceptEncoding: string | undefined): Coding => {
  if (acceptEncoding === undefined) return "identity"
  const weights = weightsOf(acceptEncoding)
  const others = weights.get("*")
  let best: Coding = "identity"
  let bestWeight = 0
  for (const coding of codings) {
    // A coding that is not named is not acceptable, except `identity`, which is the last choice.
    const weight =
      weights.get(coding) ?? weights.get(`x-${coding}`) ?? others ?? (coding === "identity" ? leastWeight : 0)
    if (weight > bestWeight) {
      best = coding
      bestWeight = weight
    }
  }
  return best
}

/** Below every weight that the header can contain: weights have three decimals. */
const leastWeight = 0.0001

const weightsOf = (acceptEncoding: string): ReadonlyMap<string, number> => {
  const weights = new Map<string, number>()
  for (const element of acceptEncoding.toLowerCase().split(",")) {
    const [name = "", ...parameters] = element.split(";").map((part) => part.trim())
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2)
    const weight = quality === undefined ? 1 : Number(quality)
    // An element that does not parse is ignored.
    if (name !== "" && weight >= 0 && weight <= 1) weights.set(name, weight)
  }
  return weights
}
