import type { IncomingMessage } from "node:http"
import type { FindMyWay } from "effect/http"
import type { RequestStateShape } from "./RequestState.ts"

/** One request on its way to its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly state: RequestStateShape
  readonly params: FindMyWay.FindResult<unknown>["params"]
  readonly query: FindMyWay.FindResult<unknown>["searchParams"]
}
