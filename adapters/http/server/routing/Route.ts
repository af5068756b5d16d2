/** Defines the function that handles the requests of a route. */
import type { IncomingMessage } from "node:http"
import type { Effect } from "effect"
import type { FindMyWay } from "effect/http"
import type { Ports } from "../../../../application/Ports.ts"
import type { RequestStateShape } from "../request/RequestContext.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"

/** A request with its state and the parameters of its URL. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly state: RequestStateShape
  readonly params: FindMyWay.FindResult<unknown>["params"]
  readonly query: FindMyWay.FindResult<unknown>["searchParams"]
}

/** Returns the response to a request, once its route is found. */
export type RouteHandler = (exchange: Exchange) => Effect.Effect<HttpResponse, never, Ports>
