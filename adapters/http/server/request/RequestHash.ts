/** Hashes a request, so that a repetition with the same idempotency key is told from another request. */
import { hash } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Result, type Schema } from "effect"
import { canonicalText } from "../../../../domain/changes/RequestFingerprint.ts"
import type { RequestBody } from "./JsonBody.ts"

/**
 * Returns the SHA-256 of the request's fingerprint, in base64url. The body was decoded before, so it is JSON of bounded
 * depth; undefined stands for none.
 */
export const hashRequest = (
  { headers, method = "", url = "" }: Pick<IncomingMessage, "headers" | "method" | "url">,
  body: RequestBody | undefined,
): string => {
  const ifMatch = headers["if-match"] ?? null
  const json = body === undefined ? null : (Result.getOrThrow(body.json) as Schema.Json)
  return hash("sha256", canonicalText({ method, target: url, ifMatch, body: json }), "base64url")
}
