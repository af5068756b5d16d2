import { Effect } from "effect"
import { HttpMiddleware, HttpRouter, HttpServerRequest } from "effect/http"
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
export const layer = HttpRouter.middleware(
  Effect.map(HttpSettings, ({ corsOrigins }) => {
    if (corsOrigins.length === 0) return (app) => app
    const withCors = HttpMiddleware.cors({
      allowedOrigins: corsOrigins,
      allowedMethods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
      allowedHeaders: ["authorization", "content-type", "x-request-id", "traceparent"],
      exposedHeaders,
      maxAge: 600,
    })
    return (app) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => (isPlainOptions(request) ? app : withCors(app)))
  }),
  { global: true },
)

/** `cors` takes every OPTIONS for a preflight; one that asks for no method wants to know which there are. */
const isPlainOptions = ({ headers, method }: HttpServerRequest.HttpServerRequest): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] === undefined
