import { HttpApiMiddleware } from "effect/http-api"
import {
  HeadersTooLargeProblem,
  InternalErrorProblem,
  MalformedJsonProblem,
  PayloadTooLargeProblem,
  RateLimitedProblem,
  UnavailableProblem,
  UnsupportedMediaTypeProblem,
  UnsupportedTransferCodingProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"

// These mark endpoints in the description and declare the problems that come of it. The stages themselves run in
// `Gate.ts` and `Call.ts`, which look for the marks.

/** Every call under a limit. It passes, in the contract's order: the access token, the rate limit. */
export class RequestGate extends HttpApiMiddleware.Service<RequestGate>()("taskwright/http/RequestGate", {
  error: [
    RateLimitedProblem,
    HeadersTooLargeProblem,
    InternalErrorProblem,
    UnsupportedTransferCodingProblem,
    UnavailableProblem,
  ],
}) {}

/** Every call whose input has a shape: its path, query and fields. */
export class RequestShape extends HttpApiMiddleware.Service<RequestShape>()("taskwright/http/RequestShape", {
  error: [ValidationFailedProblem],
}) {}

/** Every call that has a body, with a size, a media type and JSON. */
export class RequestBody extends HttpApiMiddleware.Service<RequestBody>()("taskwright/http/RequestBody", {
  error: [MalformedJsonProblem, PayloadTooLargeProblem, UnsupportedMediaTypeProblem],
}) {}
