/** Describes the endpoints for health, readiness, metrics and public keys. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { edgeProblems } from "./EndpointTags.ts"
import { NotFoundProblem, UnauthorizedProblem } from "./ProblemSchemas.ts"

const check = Schema.Literals(["ok", "failed"])

/** The state of a dependency that the service can run without for a while. */
const optionalCheck = Schema.Literals(["ok", "degraded"])
/** Without Redis, each process limits on its own. */
const redisCheck = Schema.Literals(["ok", "degraded", "not_configured"])

const checks = Schema.Struct({ database: check, redis: redisCheck, mail: optionalCheck })

export const Ready = Schema.Struct({ status: Schema.Literal("ok"), checks }).annotate({ identifier: "Ready" })
export const NotReady = Schema.Struct({ status: Schema.Literal("unavailable"), checks })
  .annotate({
    identifier: "NotReady",
    description: "The service cannot serve requests.",
    examples: [{ status: "unavailable", checks: { database: "failed", redis: "ok", mail: "ok" } }],
  })
  .pipe(HttpApiSchema.status(503))

const Metrics = Schema.String.annotate({
  examples: ["taskwright_http_requests_in_flight 1\n"],
}).pipe(HttpApiSchema.asText({ contentType: "text/plain" }))

const JsonWebKey = Schema.Record(Schema.String, Schema.String).annotate({
  examples: [
    {
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
      alg: "EdDSA",
      use: "sig",
    },
  ],
})

/**
 * The endpoints for operators of the service and for verifiers of its tokens. They have no rate limit, and ignore query
 * parameters.
 */
export const ServiceApi = HttpApiGroup.make("service")
  .add(
    HttpApiEndpoint.get("getHealth", "/health", {
      success: Schema.Struct({
        status: Schema.Literal("ok"),
        uptime: Schema.Finite.annotate({ description: "Seconds since the start.", examples: [12.5] }),
        version: Schema.String.annotate({ examples: ["0.1.0"] }),
      }).annotate({ identifier: "Health" }),
      error: edgeProblems,
    }).annotateMerge(OpenApi.annotations({ summary: "Is the process alive?", description: "Touches nothing else." })),
    HttpApiEndpoint.get("getReadiness", "/health/ready", {
      success: Ready,
      error: [NotReady, ...edgeProblems],
    }).annotateMerge(OpenApi.annotations({ summary: "Can it serve requests?" })),
    HttpApiEndpoint.get("getMetrics", "/metrics", {
      success: Metrics,
      error: [UnauthorizedProblem, NotFoundProblem, ...edgeProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "The metrics, for the operator",
        description:
          "The text format of Prometheus. Takes the operator's token as a bearer token, else 401. If the operator has set none, clients of the service's own machine get the metrics, and all others 404.",
      }),
    ),
    HttpApiEndpoint.get("getJsonWebKeySet", "/.well-known/jwks.json", {
      success: Schema.Struct({ keys: Schema.Array(JsonWebKey) }).annotate({
        identifier: "JsonWebKeySet",
      }),
      error: edgeProblems,
    }).annotateMerge(
      OpenApi.annotations({
        summary: "The public keys of access tokens",
        description: "RFC 7517. Any of them may have signed a token.",
      }),
    ),
  )
  .annotateMerge(OpenApi.annotations({ title: "Service", description: "Health, metrics and keys." }))
