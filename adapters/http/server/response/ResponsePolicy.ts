/** Defines what all responses of a route have in common, including those to a failure or a timeout. */
import type { HttpResponse } from "./HttpResponse.ts"

export interface ResponsePolicy {
  /** `Cache-Control`, unless the response has its own. By default it depends on the path (`CacheHeaders.ts`). */
  readonly cacheControl?: string
  /** Changes the response for the client that it is meant for: a page shows a problem to a person. */
  readonly present?: (response: HttpResponse, requestId: string) => HttpResponse
}
