/** Describes the endpoints that point to the rest of the API: `/api`, `/api/v1` and the catalog. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { edgeProblems } from "./EndpointTags.ts"

const href = Schema.String.annotate({
  description: "The path of the target on this host.",
  examples: ["/openapi.json"],
})

const Link = Schema.Struct({
  rel: Schema.String.annotate({
    description: "A registered link relation, such as `service-desc` (RFC 8631) or `item`.",
    examples: ["service-desc"],
  }),
  href,
  title: Schema.String.annotate({ examples: ["The OpenAPI document"] }),
}).annotate({ identifier: "Link" })

const ApiIndex = Schema.Struct({
  name: Schema.String.annotate({ examples: ["Taskwright"] }),
  version: Schema.String.annotate({ description: "The version of the software.", examples: ["0.1.0"] }),
  links: Schema.Array(Link),
}).annotate({ identifier: "ApiIndex" })

const targets = Schema.Array(
  Schema.Struct({ href, type: Schema.optionalKey(Schema.String.annotate({ examples: ["application/json"] })) }),
)

/** RFC 9264, section 4.2. */
const LinkSet = Schema.Struct({
  linkset: Schema.Array(
    Schema.Struct({
      anchor: Schema.String.annotate({ description: "The path that the links begin at.", examples: ["/api/v1"] }),
      item: Schema.optionalKey(targets),
      "service-desc": Schema.optionalKey(targets),
      "service-doc": Schema.optionalKey(targets),
      status: Schema.optionalKey(targets),
    }),
  ),
})
  .annotate({ identifier: "LinkSet" })
  .pipe(HttpApiSchema.asJson({ contentType: "application/linkset+json" }))

/** The links to the documents, as RFC 8288 writes them. */
const link = Schema.String.annotate({
  description: "The same documents: `service-desc`, `service-doc`, `status` and `api-catalog`.",
  examples: ['</openapi.json>; rel="service-desc"; type="application/json"'],
})

/** The endpoints for programs that know no more than the host. They have no rate limit, and ignore query parameters. */
export const DiscoveryApi = HttpApiGroup.make("discovery")
  .add(
    HttpApiEndpoint.get("getApiIndex", "/api", {
      success: HttpApiSchema.WithHeaders(ApiIndex, { link }),
      error: edgeProblems,
    }).annotateMerge(
      OpenApi.annotations({
        summary: "The versions of the API",
        description: "Each is a link with the relation `item`.",
      }),
    ),
    HttpApiEndpoint.get("getVersionIndex", "/api/v1", {
      success: HttpApiSchema.WithHeaders(ApiIndex, { link }),
      error: edgeProblems,
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Where version 1 begins",
        description: "Every list is a link with the relation `item`.",
      }),
    ),
    HttpApiEndpoint.get("getApiCatalog", "/.well-known/api-catalog", {
      success: HttpApiSchema.WithHeaders(LinkSet, { link }),
      error: edgeProblems,
    }).annotateMerge(
      OpenApi.annotations({
        summary: "The catalog of the APIs of this host",
        description: "RFC 9727, as a link set (RFC 9264).",
      }),
    ),
  )
  .annotateMerge(OpenApi.annotations({ title: "Discovery", description: "Where everything else is." }))
