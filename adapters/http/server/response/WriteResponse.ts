/** Writes a response with the headers that all responses have. No other code sets a header of those. */
import type { ServerResponse } from "node:http"
import { Readable } from "node:stream"
import type { ConsumeResult } from "../../../../application/shared/RateLimiter.ts"
import { discardRest, hasLongBody } from "../request/DiscardBody.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { cacheHeaders } from "./CacheHeaders.ts"
import type { Cors } from "./Cors.ts"
import type { HttpResponse } from "./HttpResponse.ts"
import { underPublicPath } from "./PublicPath.ts"
import type { ResponsePolicy } from "./ResponsePolicy.ts"
import { discardBody, writeBody } from "./WriteBody.ts"

/**
 * Writes the response to the request of the context, unless the client has disconnected. Returns the number of bytes in
 * its body, or null if the body is a stream.
 */
export type WriteResponse = (
  response: ServerResponse,
  context: RequestContext,
  result: HttpResponse,
  policy: ResponsePolicy | undefined,
) => number | null

export const makeWriteResponse =
  (cors: Cors, publicPath: string, onStreamError: (error: Error, context: RequestContext) => void): WriteResponse =>
  (response, context, result, policy) => {
    if (response.destroyed) {
      discardBody(result.body)
      return 0
    }
    const { id, path, quota, request } = context
    const published = underPublicPath(result, publicPath)
    const { body, headers, status } = policy?.present?.(published, id) ?? published
    const all: Record<string, string | number> = {
      "x-request-id": id,
      "x-content-type-options": "nosniff",
      ...cacheHeaders(path, request.url, cors.varies),
      ...(policy?.cacheControl !== undefined && { "cache-control": policy.cacheControl }),
      ...headers,
      ...(quota !== null && quotaHeaders(quota)),
      ...cors.headersOf(request),
    }
    const { vary } = headers
    if (vary !== undefined && cors.varies) all["vary"] = `${vary}, Origin`
    const isStream = body instanceof Readable
    const length = body === undefined || isStream ? 0 : Buffer.byteLength(body)
    // A 304 has the length of the body that it saves, or none.
    if (status !== 204 && status !== 304 && !isStream) all["content-length"] = length
    if (!request.complete && hasLongBody(request)) {
      all["connection"] = "close"
      discardRest(request, response)
    }
    response.writeHead(status, all)
    if (request.method === "HEAD") {
      discardBody(body)
      response.end()
      return 0
    }
    writeBody(response, body, length, (error) => onStreamError(error, context))
    return isStream ? null : length
  }

/** Returns the headers of `draft-ietf-httpapi-ratelimit-headers`, in whole seconds. */
const quotaHeaders = (quota: ConsumeResult): Record<string, string> => ({
  "ratelimit-policy": `${quota.limit};w=${Math.ceil(quota.windowMillis / 1000)}`,
  "ratelimit-limit": String(quota.limit),
  "ratelimit-remaining": String(quota.remaining),
  "ratelimit-reset": String(Math.ceil(quota.resetAfterMillis / 1000)),
})
