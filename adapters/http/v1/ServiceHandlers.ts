import { Clock, Effect } from "effect"
import { PublicKeys } from "../../../application/accounts/PublicKeys.ts"
import { jsonAnswer } from "../Answer.ts"
import { HttpSettings } from "../HttpSettings.ts"
import { Readiness } from "../Readiness.ts"
import type { Handlers } from "./Handlers.ts"
import type { ServiceApi } from "./ServiceApi.ts"

/** These say how the process is, so they know when it started. */
export const serviceHandlers = Effect.gen(function* () {
  const { version } = yield* HttpSettings
  const { jwks } = yield* PublicKeys
  const readiness = yield* Readiness
  const startedAt = yield* Clock.currentTimeMillis
  const handlers: Handlers<typeof ServiceApi> = {
    getHealth: () =>
      Effect.map(Clock.currentTimeMillis, (now) => ({ status: "ok", uptime: (now - startedAt) / 1000, version })),
    getReadiness: () =>
      Effect.map(
        Effect.all([readiness.database, readiness.mail], { concurrency: "unbounded" }),
        ([hasDatabase, hasMail]) => {
          const mail = hasMail ? "ok" : "degraded"
          return hasDatabase
            ? { status: "ok", checks: { database: "ok", mail } }
            : jsonAnswer(503, { status: "unavailable", checks: { database: "failed", mail } })
        },
      ),
    getJsonWebKeySet: () => Effect.succeed(jwks),
  }
  return handlers
})
