import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { PublicKeys } from "../../../application/accounts/PublicKeys.ts"
import { HttpSettings } from "../HttpSettings.ts"
import { Readiness } from "../Readiness.ts"
import { Api } from "./Api.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "service",
  Effect.fnUntraced(function* (handlers) {
    const { version } = yield* HttpSettings
    const { jwks } = yield* PublicKeys
    const readiness = yield* Readiness
    const startedAt = yield* Clock.currentTimeMillis
    return handlers.handleAll({
      getHealth: () =>
        Effect.map(Clock.currentTimeMillis, (now) => ({
          status: "ok" as const,
          uptime: (now - startedAt) / 1000,
          version,
        })),
      getReadiness: () =>
        Effect.flatMap(readiness.database, (isUp) =>
          isUp
            ? Effect.succeed({ status: "ok" as const, checks: { database: "ok" as const } })
            : Effect.fail({ status: "unavailable" as const, checks: { database: "failed" as const } }),
        ),
      getJsonWebKeySet: () => Effect.succeed(jwks),
    })
  }),
)
