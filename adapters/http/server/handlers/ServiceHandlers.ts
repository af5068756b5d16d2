/** Handles the endpoints for health, readiness, metrics and public keys. */
import { Clock, Effect } from "effect"
import { type PublicKey, PublicKeys } from "../../../../application/accounts/tokens/PublicKeys.ts"
import type { ServiceApi } from "../../api/v1/ServiceApi.ts"
import { Draining } from "../connections/Drain.ts"
import { jsonResponse, retryAfter } from "../response/HttpResponse.ts"
import { HttpSettings } from "../settings/HttpSettings.ts"
import { Readiness } from "../settings/Readiness.ts"
import type { Handlers } from "./Handlers.ts"
import { makeMetricsHandler } from "./MetricsHandler.ts"

/** Returns the key in the form of RFC 8037. */
const toJsonWebKey = ({ algorithm, id, value }: PublicKey) =>
  ({ kty: "OKP", crv: algorithm, x: value, kid: id, use: "sig", alg: "EdDSA" }) as const

/** After how long a client may ask again whether the service is ready. */
const notReadyMillis = 1_000

/** Makes the handlers when the process starts, because they report its uptime. */
export const serviceHandlers = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const { version } = settings
  const handleMetrics = makeMetricsHandler(settings)
  const jsonWebKeys = { keys: (yield* PublicKeys).keys.map(toJsonWebKey) }
  const readiness = yield* Readiness
  const draining = yield* Draining
  // With a clock that can be set back, the uptime could decrease.
  const startedAt = yield* Clock.monotonicTimeNanos
  const handlers: Handlers<typeof ServiceApi> = {
    getHealth: () =>
      Effect.map(Clock.monotonicTimeNanos, (now) => ({
        status: "ok",
        uptime: Number((now - startedAt) / 1_000_000n) / 1000,
        version,
      })),
    getReadiness: Effect.fnUntraced(function* () {
      const { database, mail, redis } = readiness
      const found = yield* Effect.all(
        { database, mail, redis: redis ?? Effect.succeed(null) },
        { concurrency: "unbounded" },
      )
      const others = {
        redis: found.redis === null ? "not_configured" : found.redis ? "ok" : "degraded",
        mail: found.mail ? "ok" : "degraded",
      } as const
      const checks = { database: found.database ? "ok" : "failed", ...others } as const
      // Load balancers must remove a service that is stopping, even if its checks succeed.
      return found.database && !draining.isDraining()
        ? { status: "ok", checks }
        : jsonResponse(503, { status: "unavailable", checks }, retryAfter(notReadyMillis))
    }),
    getMetrics: (_, context) => handleMetrics(context),
    getJsonWebKeySet: () => Effect.succeed(jsonWebKeys),
  }
  return handlers
})
