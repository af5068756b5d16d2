import type { IncomingMessage } from "node:http"
import { HttpResponse } from "./HttpResponse.ts"

const exposed = {
  "access-control-expose-headers":
    "etag,location,ratelimit-limit,ratelimit-policy,ratelimit-remaining,ratelimit-reset,retry-after,x-request-id",
}

const preflight = {
  "access-control-allow-methods": "GET,HEAD,POST,PATCH,DELETE",
  "access-control-allow-headers": "authorization,content-type,if-match,if-none-match,x-request-id,traceparent",
  "access-control-max-age": "600",
}

/** Lets the pages of the listed origins call the API (never with cookies: it takes none). None are listed by default. */
export const makeCors = (origins: ReadonlyArray<string>) => {
  const listed = new Set(origins)
  const isListed = ({ headers }: IncomingMessage): boolean => headers.origin !== undefined && listed.has(headers.origin)
  return {
    /** What a page of the request's origin may read of any answer. */
    headersOf: (request: IncomingMessage): Readonly<Record<string, string>> => {
      if (listed.size === 0) return {}
      const { origin } = request.headers
      return origin !== undefined && isListed(request) ? { "access-control-allow-origin": origin, ...exposed } : {}
    },
    /** Caches have to keep answers to different origins apart. */
    varies: listed.size > 0,
    /** The answer to a preflight; none where the request is not one, but an OPTIONS of its own. */
    preflight: (request: IncomingMessage): HttpResponse | undefined =>
      listed.size > 0 && request.headers["access-control-request-method"] !== undefined
        ? new HttpResponse(204, isListed(request) ? preflight : {})
        : undefined,
  }
}
