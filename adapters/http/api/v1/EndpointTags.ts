/**
 * Marks endpoints in the description, and declares the problems that each mark implies. The stages themselves run in
 * `Pipeline.ts` and `EndpointHandler.ts`, which look for the marks.
 */
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

/**
 * Marks every endpoint. Declares the problems that any route can respond with, and those of a failure and of a timeout.
 */
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
 * Marks every endpoint under a rate limit. A request passes these stages in the contract's order: the declared body
 * size and media type, the access token, the rate limit. Size and media type are checked even if the endpoint takes no
 * body.
 */
export class RateLimited extends HttpApiMiddleware.Service<RateLimited>()("taskwright/http/RequestGate", {
  error: [PayloadTooLargeProblem, UnsupportedMediaTypeProblem, RateLimitedProblem],
}) {}

/** Marks every endpoint that validates its input: path, query and fields. */
export class Validated extends HttpApiMiddleware.Service<Validated>()("taskwright/http/RequestShape", {
  error: [ValidationFailedProblem],
}) {}

/** Marks every endpoint that takes a body, which is JSON. */
export class WithJsonBody extends HttpApiMiddleware.Service<WithJsonBody>()("taskwright/http/RequestBody", {
  error: [MalformedJsonProblem],
}) {}
