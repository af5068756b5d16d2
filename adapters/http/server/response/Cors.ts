/** Adds the CORS headers, and responds to preflight requests. */
import type { IncomingMessage } from "node:http"
import { HttpResponse } from "./HttpResponse.ts"

const exposed = {
  "access-control-expose-headers":
    "accept-query,etag,idempotency-replayed,location,ratelimit,ratelimit-limit,ratelimit-policy,ratelimit-remaining,ratelimit-reset,retry-after,undo-id,x-request-id",
}

const preflight = {
  "access-control-allow-methods": "GET,HEAD,POST,PATCH,DELETE,QUERY",
  "access-control-allow-headers":
    "authorization,content-type,idempotency-key,if-match,if-none-match,last-event-id,mcp-method,mcp-name,mcp-protocol-version,x-request-id,traceparent",
  "access-control-max-age": "600",
}

/**
 * Allows pages of the listed origins to call the API (never with cookies, which it does not use). None are listed by
 * default.
 */
export const makeCors = (origins: ReadonlyArray<string>) => {
  const listed = new Set(origins)
  const isListed = ({ headers }: IncomingMessage): boolean => headers.origin !== undefined && listed.has(headers.origin)
  return {
    /** The headers that allow a page of the request's origin to read the response. */
    headersOf: (request: IncomingMessage): Readonly<Record<string, string>> => {
      if (listed.size === 0) return {}
      const { origin } = request.headers
      return origin !== undefined && isListed(request) ? { "access-control-allow-origin": origin, ...exposed } : {}
    },
    /** Whether caches must store a response separately for each origin. */
    varies: listed.size > 0,
    /** Returns the response to a preflight; undefined if the request is not a preflight, but a plain OPTIONS. */
    preflight: (request: IncomingMessage): HttpResponse | undefined =>
      listed.size > 0 && request.headers["access-control-request-method"] !== undefined
        ? new HttpResponse(204, isListed(request) ? preflight : {})
        : undefined,
  }
}

export type Cors = ReturnType<typeof makeCors>
