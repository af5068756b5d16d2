import { HttpApiMiddleware } from "effect/http-api"
import {
  HeadersTooLargeProblem,
  InternalErrorProblem,
  MalformedJsonProblem,
  PayloadTooLargeProblem,
  RateLimitedProblem,
  UnavailableProblem,
  UnsupportedMediaTypeProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"

/**
 * What every call of the API passes before anything else, in the contract's order: the body's size and media type, the
 * access token, the rate limit. Declares the problems that any call can have.
 */
export class RequestGate extends HttpApiMiddleware.Service<RequestGate>()("taskwright/http/RequestGate", {
  error: [RateLimitedProblem, HeadersTooLargeProblem, InternalErrorProblem, UnavailableProblem],
}) {}

/** The shape of a request: its JSON and its fields. Declared by every call that has input. */
export class RequestShape extends HttpApiMiddleware.Service<RequestShape>()("taskwright/http/RequestShape", {
  error: [ValidationFailedProblem],
}) {}

/** The body of a request: its size, media type and JSON. Declared by every call that has a body. */
export class RequestBody extends HttpApiMiddleware.Service<RequestBody>()("taskwright/http/RequestBody", {
  error: [MalformedJsonProblem, PayloadTooLargeProblem, UnsupportedMediaTypeProblem],
}) {}
