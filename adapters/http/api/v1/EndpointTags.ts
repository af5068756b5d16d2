/**
 * Marks endpoints in the description, and lists the problems that the marks imply. `Pipeline.ts` and
 * `EndpointHandler.ts` implement the marks. A mark is an annotation and not a middleware of Effect, because nothing
 * implements one as such. Effect adds errors to a finished endpoint by a middleware only, so endpoints list these
 * problems themselves, and a test compares them with the marks.
 */
import { Context } from "effect"
import { OpenApi } from "effect/http-api"
import type { Scope } from "../../../../domain/accounts/Scope.ts"
import {
  EmailNotVerifiedProblem,
  HeadersTooLargeProblem,
  InsufficientScopeProblem,
  InternalErrorProblem,
  MalformedRequestProblem,
  PayloadTooLargeProblem,
  RateLimitedProblem,
  RequestTimeoutProblem,
  SessionRequiredProblem,
  UnauthorizedProblem,
  UnavailableProblem,
  UnsupportedMediaTypeProblem,
  UnsupportedTransferCodingProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"

const mark = (name: string) => Context.Reference<boolean>(`taskwright/http/${name}`, { defaultValue: () => false })

/**
 * Marks every endpoint under a rate limit. A request passes these stages in the contract's order: the declared body
 * size and media type, the access token, the rate limit. Size and media type are checked even if the endpoint takes no
 * body.
 */
export const RateLimited = mark("RateLimited")

/** Marks every endpoint that validates its input, and responds with a problem to a query that it does not have. */
export const Validated = mark("Validated")

/** Marks the endpoints that need a verified email address if the service is set to require one. */
export const VerifiedEmail = mark("VerifiedEmail")

/**
 * Which API tokens may call the endpoint: those with the scope, or those with all scopes that its decoded body needs. None
 * for `session`: what it does cannot be taken back.
 */
export type TokenAccess = "session" | Scope | ((payload: never) => ReadonlyArray<Scope>)

/** Every endpoint that needs an access token MUST have this mark (`allowTokens`), or the server does not start. */
export const AllowedTokens = Context.Reference<TokenAccess | undefined>("taskwright/http/AllowedTokens", {
  defaultValue: () => undefined,
})

/** Returns the mark, and what the document says of it. */
export const allowTokens = (access: TokenAccess) =>
  Context.make(AllowedTokens, access).pipe(
    Context.add(
      OpenApi.Override,
      access === "session"
        ? { "x-session-required": true }
        : typeof access === "string"
          ? { "x-required-scope": access }
          : {},
    ),
  )

/**
 * Marks the endpoints that refuse `Idempotency-Key`. Their responses can contain a secret, and a response with a key
 * would be stored.
 */
export const IdempotencyKeyRefused = mark("IdempotencyKeyRefused")

/** The maximum size of a body in bytes, unless the endpoint is marked with another one. */
export const maxBodyBytes = 64 * 1024

/** The maximum size of the endpoint's body, in bytes. A larger one is refused before it is read. */
export const MaxBodyBytes = Context.Reference<number>("taskwright/http/MaxBodyBytes", {
  defaultValue: () => maxBodyBytes,
})

/**
 * Returns how many units of the user's rate limit a request takes, for its body as it was parsed, which need not be
 * valid. One by default. A request without an identity always takes one.
 */
export const RequestCost = Context.Reference<((body: unknown) => number) | undefined>("taskwright/http/RequestCost", {
  defaultValue: () => undefined,
})

/** The problems that any endpoint can respond with: those of any route, of a failure and of a timeout. */
export const edgeProblems = [
  MalformedRequestProblem,
  RequestTimeoutProblem,
  HeadersTooLargeProblem,
  InternalErrorProblem,
  UnsupportedTransferCodingProblem,
  UnavailableProblem,
] as const

const limitProblems = [
  PayloadTooLargeProblem,
  UnsupportedMediaTypeProblem,
  RateLimitedProblem,
  ...edgeProblems,
] as const

/** The problems of an endpoint that is `RateLimited` and `Validated`. */
export const publicProblems = [ValidationFailedProblem, ...limitProblems] as const

/** The problems of such an endpoint that needs the access token of a session (`Authentication`), too. */
export const sessionProblems = [
  ValidationFailedProblem,
  UnauthorizedProblem,
  SessionRequiredProblem,
  ...limitProblems,
] as const

/** The problems of such an endpoint that needs a verified email, too. */
export const verifiedSessionProblems = [EmailNotVerifiedProblem, ...sessionProblems] as const

/** The problems of such an endpoint that takes API tokens with a scope, too. */
export const verifiedUserProblems = [
  ValidationFailedProblem,
  EmailNotVerifiedProblem,
  UnauthorizedProblem,
  InsufficientScopeProblem,
  ...limitProblems,
] as const
