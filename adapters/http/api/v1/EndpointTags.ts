import { HttpApiMiddleware } from "effect/http-api"
import {
  HeadersTooLargeProblem,
  InternalErrorProblem,
  MalformedJsonProblem,
  MalformedRequestProblem,
  PayloadTooLargeProblem,
  RateLimitedProblem,
  RequestTimeoutProblem,
  UnavailableProblem,
  UnsupportedMediaTypeProblem,
  UnsupportedTransferCodingProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"

// These mark endpoints in the description and declare the problems that come of it. The stages themselves run in
// `Pipeline.ts` and `EndpointHandler.ts`, which look for the marks.

/** Every call: what the edge answers whatever the route, and what becomes of a failure or of a request that is late. */
export class RequestEdge extends HttpApiMiddleware.Service<RequestEdge>()("taskwright/http/RequestEdge", {
  error: [
    MalformedRequestProblem,
    RequestTimeoutProblem,
    HeadersTooLargeProblem,
    InternalErrorProblem,
    UnsupportedTransferCodingProblem,
    UnavailableProblem,
  ],
}) {}

/**
 * Every call under a limit. It passes, in the contract's order: the declared size and media type, which are looked at
 * also if the call takes no body, the access token, the rate limit.
 */
export class RateLimited extends HttpApiMiddleware.Service<RateLimited>()("taskwright/http/RequestGate", {
  error: [PayloadTooLargeProblem, UnsupportedMediaTypeProblem, RateLimitedProblem],
}) {}

/** Every call whose input has a shape: its path, query and fields. */
export class Validated extends HttpApiMiddleware.Service<Validated>()("taskwright/http/RequestShape", {
  error: [ValidationFailedProblem],
}) {}

/** Every call that takes a body, which is JSON. */
export class WithJsonBody extends HttpApiMiddleware.Service<WithJsonBody>()("taskwright/http/RequestBody", {
  error: [MalformedJsonProblem],
}) {}
