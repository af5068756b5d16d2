/** Which parts of a request are compared when an idempotency key is sent again. */
import type { Schema } from "effect"

/** Two requests with the same key are the same if all of these are equal. */
export interface RequestFingerprint {
  readonly method: string
  /** The path with its query, as it was sent. */
  readonly target: string
  /** The header `If-Match`, as it was sent. */
  readonly ifMatch: string | null
  /** The decoded JSON of the body. Null if the request has none. The caller MUST bound its depth. */
  readonly body: Schema.Json
}

/**
 * Writes the request as one text, from which a hash is computed. Two requests have the same text exactly if they are the
 * same. The order of members, white space and the spelling of numbers and escapes in the body do not matter. (This is
 * the canonical form of RFC 8785.)
 */
export const canonicalText = ({ body, ifMatch, method, target }: RequestFingerprint): string =>
  canonicalJson([method, target, ifMatch, body])

const isArray = (value: Schema.Json): value is ReadonlyArray<Schema.Json> => Array.isArray(value)

const canonicalJson = (value: Schema.Json): string => {
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  // The default order compares UTF-16 units, as RFC 8785 asks.
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`
}
