import { Context } from "effect"
import type { RateLimit } from "../../../../application/shared/RateLimiter.ts"

/** How the HTTP edge behaves; the defaults are the contract's. */
export interface HttpSettings {
  /** What `/health` says of the version. */
  readonly version: string
  /** The path that a proxy publishes the service under, and takes off before it passes a request on; empty for none. */
  readonly publicPath: string
  /** How many proxies in front of the service write `X-Forwarded-For`. */
  readonly trustedProxies: number
  /** The limit of a user who shows a good token, and of an IP without one. */
  readonly userLimit: RateLimit
  readonly addressLimit: RateLimit
  /** The limit of an IP for the large documents that anybody may read, of which each takes three megabytes. */
  readonly documentLimit: RateLimit
  readonly isVerifiedEmailRequired: boolean
  /** The origins whose pages may call the API; none by default. */
  readonly corsOrigins: ReadonlyArray<string>
  /** How long a request may take from its headers to its answer. Longer than Node lets a body take to arrive. */
  readonly deadlineMillis: number
  /** For how long a connection may take nothing of its response before it is cut off. */
  readonly stalledReaderMillis: number
  /** How long a service that is told to stop goes on serving, while its readiness tells balancers to leave it. */
  readonly shutdownDelayMillis: number
}

export const HttpSettings = Context.Reference<HttpSettings>("taskwright/http/HttpSettings", {
  defaultValue: () => ({
    version: "0.0.0",
    publicPath: "",
    trustedProxies: 0,
    userLimit: { limit: 100, windowMillis: 60_000 },
    addressLimit: { limit: 20, windowMillis: 60_000 },
    documentLimit: { limit: 120, windowMillis: 60_000 },
    isVerifiedEmailRequired: false,
    corsOrigins: [],
    deadlineMillis: 40_000,
    stalledReaderMillis: 30_000,
    shutdownDelayMillis: 0,
  }),
})
