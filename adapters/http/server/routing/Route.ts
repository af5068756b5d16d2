/** Defines a route: the requests that it is for, and the function that handles them. */
import type { Effect } from "effect"
import type { FindMyWay } from "effect/http"
import type { Ports } from "../../../../application/Ports.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import type { ResponsePolicy } from "../response/ResponsePolicy.ts"

/** Returns the response to a request, once its route is found. */
export type RouteHandler = (context: RequestContext) => Effect.Effect<HttpResponse, never, Ports>

/** The requests of one method and path template. */
export interface Route extends ResponsePolicy {
  readonly method: string
  readonly path: FindMyWay.PathInput
  readonly handle: RouteHandler
  /** The timeout from the headers of a request to the headers of its response; undefined for none. */
  readonly deadlineMillis: number | undefined
}
