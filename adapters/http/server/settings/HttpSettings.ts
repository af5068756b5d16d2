/** Defines the settings of the HTTP server. */
import { Context, type Redacted } from "effect"
import type { RateLimit } from "../../../../application/shared/RateLimiter.ts"

/** The settings; the defaults are the contract's. */
export interface HttpSettings {
  /** The version that `/health` reports. */
  readonly version: string
  /** The URL that clients reach the service at. Null if only their requests say it. */
  readonly publicUrl: string | null
  /** The path that a proxy publishes the service under, and removes before it forwards a request; empty for none. */
  readonly publicPath: string
  /** The number of proxies in front of the service that write `X-Forwarded-For`. */
  readonly trustedProxies: number
  /** The limits of a user with the token of a session, of an API token, and of an IP address without a valid token. */
  readonly userLimit: RateLimit
  readonly tokenLimit: RateLimit
  readonly addressLimit: RateLimit
  /** The limit of an IP address for the large public documents, each of which takes three megabytes. */
  readonly documentLimit: RateLimit
  readonly isVerifiedEmailRequired: boolean
  /** The bearer token of `/metrics`; null responds to clients of this machine only. */
  readonly metricsToken: Redacted.Redacted<string> | null
  /** The maximum number of requests in flight; 0 for any number. */
  readonly maxInFlight: number
  /** The origins that may call the API from a browser; none by default. */
  readonly corsOrigins: ReadonlyArray<string>
  /** The timeout of a request, from its headers to its response. Longer than Node lets a body take to arrive. */
  readonly deadlineMillis: number
  /** How long a connection may receive nothing of its response before it is reset. */
  readonly stalledReaderMillis: number
  /** The maximum number of open event streams of a user in this process. */
  readonly streamsPerUser: number
  /** After how long without an event a stream sends a comment, so that proxies keep it open. */
  readonly streamKeepAliveMillis: number
  /** How many bytes a client of a stream may leave unread, and for how long, before the stream ends. */
  readonly streamUnreadLimits: { readonly bytes: number; readonly millis: number }
  /** How long a stopping service continues to serve, while its readiness tells load balancers to remove it. */
  readonly shutdownDelayMillis: number
}

export const HttpSettings = Context.Reference<HttpSettings>("taskwright/http/HttpSettings", {
  defaultValue: () => ({
    version: "0.0.0",
    publicUrl: null,
    publicPath: "",
    trustedProxies: 0,
    userLimit: { limit: 100, windowMillis: 60_000 },
    tokenLimit: { limit: 100, windowMillis: 60_000 },
    addressLimit: { limit: 20, windowMillis: 60_000 },
    documentLimit: { limit: 120, windowMillis: 60_000 },
    isVerifiedEmailRequired: false,
    metricsToken: null,
    maxInFlight: 1_000,
    corsOrigins: [],
    deadlineMillis: 40_000,
    stalledReaderMillis: 30_000,
    streamsPerUser: 5,
    streamKeepAliveMillis: 15_000,
    streamUnreadLimits: { bytes: 256 * 1024, millis: 10_000 },
    shutdownDelayMillis: 0,
  }),
})
