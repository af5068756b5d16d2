/** Writes a response with the headers that all responses have. No other code sets a header of those. */
import type { ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { discardRest, hasLongBody } from "../request/DiscardBody.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { cacheHeaders } from "./CacheHeaders.ts"
import type { Cors } from "./Cors.ts"
import type { HttpResponse } from "./HttpResponse.ts"
import { underPublicPath } from "./PublicPath.ts"
import { addRateLimitHeaders } from "./RateLimitHeaders.ts"
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
    const { id, path, rateLimit, request } = context
    const published = underPublicPath(result, publicPath)
    const { body, headers, status } = policy?.present?.(published, id) ?? published
    const all: Record<string, string | number> = {
      "x-request-id": id,
      "x-content-type-options": "nosniff",
      ...cacheHeaders(path, request.url, cors.varies),
      ...(policy?.cacheControl !== undefined && { "cache-control": policy.cacheControl }),
      ...headers,
      ...cors.headersOf(request),
    }
    if (rateLimit !== null) addRateLimitHeaders(all, rateLimit)
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
