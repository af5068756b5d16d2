/** Composes the HTTP service. */
import { Effect, Layer, Option } from "effect"
import * as Http from "../adapters/http/server/HttpServer.ts"
import { checkPort } from "../adapters/http/server/PortCheck.ts"
import { HttpSettings } from "../adapters/http/server/settings/HttpSettings.ts"
import * as ProcessMetrics from "../adapters/telemetry/ProcessMetrics.ts"
import { findOwner } from "../application/accounts/owner/FindOwner.ts"
import { PasswordHasher } from "../application/accounts/passwords/PasswordHasher.ts"
import { SubmittedPassword } from "../domain/accounts/Password.ts"
import { announce } from "./announce.ts"
import { assistants } from "./assistants.ts"
import { live } from "./live.ts"
import type { Settings } from "./settings/Settings.ts"
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

/** An owner cannot sign in over HTTP, so the log says how to change that. */
const announceOwner = (settings: Settings) =>
  settings.database._tag !== "Embedded"
    ? Effect.void
    : Effect.flatMap(findOwner, (owner) => (Option.isNone(owner) ? Effect.void : Effect.logInfo(ownerAdvice)))

const ownerAdvice =
  "The list in this folder has an owner without an address and a password, so the owner cannot sign in here. " +
  "To change that, stop the server and run: taskwright register EMAIL --name NAME (with the same DATA_DIR)"

/** Hashes once, so that no login waits for the first hash, and a machine that cannot hash does not start. */
const warmUp = Layer.effectDiscard(
  Effect.flatMap(PasswordHasher, ({ verify }) =>
    verify(SubmittedPassword.make("warm-up"), null, { priority: "known", address: "start" }),
  ),
)

/** The lines of the start, of a process with a port of its own. */
const announceAll = (settings: Settings) =>
  Effect.gen(function* () {
    const { port } = yield* Http.ListeningAddress
    yield* announceOwner(settings)
    yield* announce(settings, port)
  })

/** The whole service, as the settings say. A worker has `parent` in place of a port, and announces nothing. */
export const serve = (settings: Settings, parent?: Layer.Layer<never>) =>
  Layer.effectDiscard(parent === undefined ? announceAll(settings) : Effect.asVoid(Http.ListeningAddress)).pipe(
    Layer.provide(Http.layer({ host: settings.host, port: settings.port })),
    Layer.provide(warmUp),
    Layer.provide(ProcessMetrics.layer(version)),
    Layer.provide(live(settings)),
    Layer.provide(httpSettings(settings)),
    Layer.provide(assistants),
    // Released last, so that it sends the spans of the last requests.
    Layer.provide(tracing(settings)),
    // First: a start that fails because of its port has opened and migrated nothing.
    Layer.provide(parent ?? Layer.effectDiscard(checkPort(settings))),
  )
