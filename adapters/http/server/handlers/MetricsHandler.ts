/** Responds to scrapes of the metrics, for the operator alone. */
import { createHash, timingSafeEqual } from "node:crypto"
import { Clock, Effect, Option, Redacted } from "effect"
import { Outbox } from "../../../../application/outbox/Outbox.ts"
import { toMillis } from "../../../../domain/shared/Timestamp.ts"
import { gauge } from "../../../telemetry/Metrics.ts"
import { unauthorized } from "../middleware/BearerToken.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"
import { MetricsSource } from "../settings/MetricsSource.ts"

const contentType = "text/plain; version=0.0.4; charset=utf-8"
/** The limit of the question to the store; the other metrics do not depend on it. */
const outboxLimitMillis = 1_000

const waiting = gauge("taskwright_outbox_waiting", "Emails that wait to be sent, over all processes.")
const deadLetters = gauge("taskwright_outbox_dead_letters", "Dead letters that are stored, over all processes.")
const oldestAge = gauge(
  "taskwright_outbox_oldest_waiting_age_seconds",
  "The age of the oldest email that waits to be sent, over all processes; 0 if none waits.",
)
const isOutboxRead = gauge("taskwright_outbox_readable", "1 if the last scrape could read the outbox.")

/** Returns a handler that allows the bearer of the token or, without a token, clients of this machine. */
export const makeMetricsHandler = ({ metricsToken, trustedProxies }: HttpSettings) => {
  const expected = metricsToken === null ? null : digest(Redacted.value(metricsToken))
  return (context: RequestContext) => {
    const refusal = expected === null ? refuseRemote(context, trustedProxies) : refuseWithout(expected, context)
    return refusal === undefined ? Effect.andThen(readOutbox, respond) : Effect.succeed(refusal)
  }
}

const respond = Effect.map(
  Effect.flatten(MetricsSource),
  (text) => new HttpResponse(200, { "content-type": contentType }, text),
)

const readOutbox = Effect.gen(function* () {
  const { counts, oldestWaiting } = yield* Outbox
  const [found, oldest] = yield* Effect.all([counts, oldestWaiting], { concurrency: 2 })
  const nowMillis = yield* Clock.currentTimeMillis
  waiting.set(found.waiting)
  deadLetters.set(found.dead)
  oldestAge.set(Option.isNone(oldest) ? 0 : Math.max(0, nowMillis - toMillis(oldest.value)) / 1000)
  isOutboxRead.set(1)
}).pipe(
  Effect.timeout(outboxLimitMillis),
  Effect.catchCause(() => Effect.sync(() => isOutboxRead.set(0))),
)

/** Equal lengths let the comparison take the same time for every token. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

const refuseWithout = (expected: Buffer, { id, request }: RequestContext): HttpResponse | undefined => {
  const token = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? "")?.[1]
  if (token === undefined) return unauthorized(id, false)
  return timingSafeEqual(digest(token), expected) ? undefined : unauthorized(id, true)
}

/** A request that a proxy forwarded counts as its client's. Without `TRUST_PROXY` that client is unknown, and refused. */
const refuseRemote = (
  { address, id, request: { headers, socket } }: RequestContext,
  trustedProxies: number,
): HttpResponse | undefined => {
  const isForwarded = headers["x-forwarded-for"] !== undefined || headers["forwarded"] !== undefined
  const isClientKnown = trustedProxies > 0 || !isForwarded
  return isClientKnown && isLoopback(socket.remoteAddress ?? "") && isLoopback(address)
    ? undefined
    : problemResponse("not_found", id)
}

const isLoopback = (address: string): boolean => address === "::1" || /^(?:::ffff:)?127\./i.test(address)
