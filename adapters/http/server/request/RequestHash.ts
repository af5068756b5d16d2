/** Hashes a request, so that a repetition with the same idempotency key is told from another request. */
import { hash } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Result, type Schema } from "effect"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import { canonicalText } from "../../../../domain/changes/RequestFingerprint.ts"
import type { RequestBody } from "./JsonBody.ts"

/**
 * Returns the SHA-256 of the request's fingerprint, in base64url. The body was decoded before, so it is JSON of bounded
 * depth; undefined stands for none. A response that a session got may hold more than an API token may see. So the same
 * request by an API token is another request than that of a session or of another token.
 */
export const hashRequest = (
  { headers, method = "", url = "" }: Pick<IncomingMessage, "headers" | "method" | "url">,
  body: RequestBody | undefined,
  identity: Identity,
): string => {
  const ifMatch = headers["if-match"] ?? null
  const json = body === undefined ? null : (Result.getOrThrow(body.json) as Schema.Json)
  const text = canonicalText({ method, target: url, ifMatch, body: json })
  return hash("sha256", identity._tag === "Session" ? text : `${identity.tokenId} ${text}`, "base64url")
}
