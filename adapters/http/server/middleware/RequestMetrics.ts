/** Counts requests, their durations and the requests in flight, and decides which requests are too many. */
import { beforeScrape, counter, durations, gauge } from "../../../telemetry/Metrics.ts"
import type { RateLimitPolicyName } from "../settings/RateLimitPolicy.ts"

const methods = new Set(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "QUERY"])

/** The paths by which an operator watches the service. They stay open when it has too many requests. */
const isAlwaysAdmitted = (path: string | undefined): boolean =>
  path === "/health" || path === "/health/ready" || path === "/metrics"

interface Series {
  readonly count: () => void
  readonly record: (seconds: number) => void
}

/** The series by method, path and status. Paths are templates, so their number is bounded. */
const seriesByPath = new Map<string, Map<number, Series>>()

const makeSeries = (method: string, route: string, status: number): Series => {
  const labels = { method, route, status: String(status) }
  const requests = counter("taskwright_http_requests_total", "Requests by route, method and status.", labels)
  const times = durations("taskwright_http_request_duration_seconds", "The time from headers to response.", labels)
  return { count: () => requests.add(1), record: times.record }
}

/** Counts a request that has ended. */
export const recordRequest = (
  givenMethod: string | undefined,
  path: string | undefined,
  status: number,
  seconds: number,
): void => {
  const method = givenMethod !== undefined && methods.has(givenMethod) ? givenMethod : "other"
  const route = path ?? "(none)"
  const key = `${method} ${route}`
  let byStatus = seriesByPath.get(key)
  if (byStatus === undefined) {
    byStatus = new Map()
    seriesByPath.set(key, byStatus)
  }
  let series = byStatus.get(status)
  if (series === undefined) {
    series = makeSeries(method, route, status)
    byStatus.set(status, series)
  }
  series.count()
  series.record(seconds)
}

const rejections = (limit: RateLimitPolicyName) =>
  counter("taskwright_rate_limit_rejections_total", "Requests that a rate limit refused.", { limit })

/** The requests that each rate limit refused. */
export const rateLimitRejections = {
  ip: rejections("ip"),
  user: rejections("user"),
  token: rejections("token"),
  documents: rejections("documents"),
}

/** The requests that got the stored response to an earlier one with their idempotency key. */
export const replayedResponses = counter(
  "taskwright_http_replayed_responses_total",
  "Responses repeated for an idempotency key.",
)

const inFlight = gauge("taskwright_http_requests_in_flight", "Requests without a complete response.")
const heldRequests = gauge("taskwright_http_requests_held", "Requests that wait for changes, or stream them.")
const overloads = counter("taskwright_http_overload_rejections_total", "Requests beyond MAX_IN_FLIGHT.")

/** The maximum number of held requests of the process. Each takes memory, and no processor time. */
const maxHeld = 10_000

/** The requests of the process without a complete response: those in flight, and those that are held. */
let open = 0
let held = 0
beforeScrape(() => {
  inFlight.set(open)
  heldRequests.set(held)
})

/** The place of a request among those without a complete response. */
export interface RequestPlace {
  /** Whether the request is handled. */
  readonly isAdmitted: boolean
  /** Takes the request out of those in flight; returns false if too many are held. */
  readonly hold: () => boolean
  /** Gives the place up. It MUST be called once, when the response is complete. */
  readonly leave: () => void
}

const notAdmitted: RequestPlace = { isAdmitted: false, hold: () => false, leave: () => {} }

/** Gives the request a place in flight, unless `maximum` (0: any number) others have one. */
export const admitRequest = (path: string | undefined, maximum: number): RequestPlace => {
  if (maximum > 0 && open >= maximum && !isAlwaysAdmitted(path)) {
    overloads.add(1)
    return notAdmitted
  }
  open += 1
  let isHeld = false
  return {
    isAdmitted: true,
    hold: () => {
      if (isHeld) return true
      if (held >= maxHeld) return false
      isHeld = true
      open -= 1
      held += 1
      return true
    },
    leave: () => {
      if (isHeld) held -= 1
      else open -= 1
    },
  }
}
