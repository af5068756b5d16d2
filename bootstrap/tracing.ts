/** Composes tracing, as the settings say. */
import { Effect, Layer, Redacted } from "effect"
import type { Settings } from "./settings/Settings.ts"
import { version } from "./version.ts"

/** Traces of requests, if the settings name a collector. Otherwise, none of the code for traces is loaded. */
export const tracing = ({ publicUrl, tracing }: Settings): Layer.Layer<never> =>
  tracing === null
    ? Layer.empty
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("../adapters/telemetry/tracing/TracingLayer.ts")),
          (TracingLayer) =>
            TracingLayer.layer({
              ...tracing,
              headers: Redacted.value(tracing.headers),
              version,
              serverAttributes: serverAttributes(new URL(publicUrl)),
            }),
        ),
      )

/** The name by which clients reach the service. The Host header of a request could be anything. */
const serverAttributes = ({ hostname, port, protocol }: URL) => ({
  "url.scheme": protocol.slice(0, -1),
  "server.address": hostname.replaceAll(/[[\]]/g, ""),
  "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
})
