/** Defines what the server knows of the request that it handles. */
import type { IncomingMessage } from "node:http"
import type { Tracer } from "effect"
import type { FindMyWay } from "effect/http"
import type { ConsumeResult } from "../../../../application/shared/RateLimiter.ts"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import type { RateLimitPolicy } from "../settings/RateLimitPolicy.ts"

type Found = FindMyWay.FindResult<unknown>

/** The rate limit that a request counts under, and the state of it after this request. */
export interface RateLimitState {
  readonly policy: RateLimitPolicy
  readonly quota: ConsumeResult
}

/** A request, and what the stages that it passes find out about it. */
export interface RequestContext {
  readonly request: IncomingMessage
  /** The request's id: the caller's own, or a new one. */
  readonly id: string
  /** The caller's IP address, as far as `TRUST_PROXY` reveals it. */
  readonly address: string
  /** The request's span; null if its trace is not recorded. */
  readonly span: Tracer.Span | null
  /** The template of the path, undefined if there is none. For logs, because the raw path could contain anything. */
  readonly path: string | undefined
  /** The parameters in the path and in the query. */
  readonly params: Found["params"]
  readonly query: Found["searchParams"]
  /**
   * Takes the request out of those in flight, because its response waits for something that may not happen for long.
   * Returns false if too many requests are held already.
   */
  readonly hold: () => boolean
  /** The identity in a valid access token or API token; null if there is none, or until the token is verified. */
  identity: Identity | null
  /** Whether the request presents an invalid token. */
  hasInvalidToken: boolean
  /** The state of the rate limit; null if the request is not limited, or until it is counted. */
  rateLimit: RateLimitState | null
}

/** The context of a request with a valid access token. */
export interface AuthenticatedContext extends RequestContext {
  readonly identity: Identity
}

export const isAuthenticated = (context: RequestContext): context is AuthenticatedContext => context.identity !== null
