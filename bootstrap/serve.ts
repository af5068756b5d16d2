/** Composes the HTTP service. */
import { resolve } from "node:path"
import { Effect, Layer, Option } from "effect"
import * as Http from "../adapters/http/server/HttpServer.ts"
import { checkPort } from "../adapters/http/server/PortCheck.ts"
import { HttpSettings } from "../adapters/http/server/settings/HttpSettings.ts"
import * as ProcessMetrics from "../adapters/telemetry/ProcessMetrics.ts"
import { findOwner } from "../application/accounts/owner/FindOwner.ts"
import { PasswordHasher } from "../application/accounts/passwords/PasswordHasher.ts"
import { SubmittedPassword } from "../domain/accounts/Password.ts"
import { assistants } from "./assistants.ts"
import { baseUrl } from "./baseUrl.ts"
import { live } from "./live.ts"
import { Database, type Settings } from "./settings/Settings.ts"
import { tracing } from "./tracing.ts"
import { version } from "./version.ts"

const httpSettings = (settings: Settings) =>
  Layer.effect(
    HttpSettings,
    Effect.map(HttpSettings, (defaults) => ({
      ...defaults,
      version,
      publicUrl: settings.publicUrl,
      publicPath: new URL(settings.publicUrl).pathname.replace(/\/$/, ""),
      trustedProxies: settings.trustedProxies,
      userLimit: settings.rateLimits.user,
      tokenLimit: settings.rateLimits.token,
      addressLimit: settings.rateLimits.ip,
      metricsToken: settings.metricsToken,
      maxInFlight: settings.maxInFlight,
      streamsPerUser: settings.streamsPerUser,
      isVerifiedEmailRequired: settings.emailVerification === "required",
      corsOrigins: settings.corsOrigins,
      shutdownDelayMillis: settings.shutdownDelayMillis,
    })),
  )

/** Logs the line of the start: where the API, the docs and the data are. */
const announce = (settings: Settings) =>
  Effect.gen(function* () {
    const { port } = yield* Http.ListeningAddress
    const url = baseUrl({ host: settings.host, port })
    yield* Effect.logInfo(`Taskwright ${version} serves ${url}/api/v1`).pipe(
      Effect.annotateLogs({ docs: `${url}/docs`, data: whereIs(settings) }),
    )
  })

/** An owner cannot sign in over HTTP, so the log says how to change that. */
const announceOwner = (settings: Settings) =>
  settings.database._tag !== "Embedded"
    ? Effect.void
    : Effect.flatMap(findOwner, (owner) => (Option.isNone(owner) ? Effect.void : Effect.logInfo(ownerAdvice)))

const ownerAdvice =
  "The list in this folder has an owner without an address and a password, so the owner cannot sign in here. " +
  "To change that, stop the server and run: taskwright register EMAIL --name NAME (with the same DATA_DIR)"

const whereIs = (settings: Settings): string =>
  Database.$match(settings.database, {
    Server: () => "the PostgreSQL server of DATABASE_URL",
    Embedded: ({ dataDir }) => resolve(dataDir),
    Memory: () => "memory alone: it goes with the process",
  })

/** Hashes once, so that no login waits for the first hash, and a machine that cannot hash does not start. */
const warmUp = Layer.effectDiscard(
  Effect.flatMap(PasswordHasher, ({ verify }) =>
    verify(SubmittedPassword.make("warm-up"), null, { priority: "known", address: "start" }),
  ),
)

/** The whole service, as the settings say. */
export const serve = (settings: Settings) =>
  Layer.effectDiscard(Effect.andThen(announceOwner(settings), announce(settings))).pipe(
    Layer.provide(Http.layer({ host: settings.host, port: settings.port })),
    Layer.provide(warmUp),
    Layer.provide(ProcessMetrics.layer(version)),
    Layer.provide(live(settings)),
    Layer.provide(httpSettings(settings)),
    Layer.provide(assistants),
    // Released last, so that it sends the spans of the last requests.
    Layer.provide(tracing(settings)),
    // First: a start that fails because of its port has opened and migrated nothing.
    Layer.provide(Layer.effectDiscard(checkPort(settings))),
  )
