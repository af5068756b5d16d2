import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { HttpSettings } from "./HttpSettings.ts"

/** What a page may read of an answer beside its body. */
const exposedHeaders = [
  "etag",
  "location",
  "ratelimit-limit",
  "ratelimit-policy",
  "ratelimit-remaining",
  "ratelimit-reset",
  "retry-after",
  "x-request-id",
]

/** Lets the pages of the listed origins call the API (never with cookies: it takes none). None are listed by default. */
export const layer = Layer.unwrap(
  Effect.map(HttpSettings, ({ corsOrigins }) =>
    corsOrigins.length === 0
      ? Layer.empty
      : HttpRouter.cors({
          allowedOrigins: corsOrigins,
          allowedMethods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
          allowedHeaders: ["authorization", "content-type", "x-request-id", "traceparent"],
          exposedHeaders,
          maxAge: 600,
        }),
  ),
)
