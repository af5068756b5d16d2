import type { IncomingMessage } from "node:http"
import type { Effect } from "effect"
import type { FindMyWay } from "effect/http"
import type { Ports } from "../../../../application/Ports.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import type { RequestStateShape } from "./RequestContext.ts"

/** One request on its way to its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly state: RequestStateShape
  readonly params: FindMyWay.FindResult<unknown>["params"]
  readonly query: FindMyWay.FindResult<unknown>["searchParams"]
}

/** What answers a request, once its route is found. */
export type RouteHandler = (exchange: Exchange) => Effect.Effect<HttpResponse, never, Ports>
