/** Lists the documents about the API, for the `Link` header and for the endpoints that point to them. */

export const catalogPath = "/.well-known/api-catalog"

/** The documents with their relations (RFC 8631). */
export const documents = [
  { rel: "service-desc", path: "/openapi.json", type: "application/json", title: "The OpenAPI document" },
  { rel: "service-doc", path: "/docs", type: "text/html", title: "The reference for people" },
  { rel: "status", path: "/health/ready", type: "application/json", title: "Whether the service can serve requests" },
] as const

/** Returns the `Link` header with all of them and the catalog. `publicPath` is the path that a proxy adds. */
export const documentLinks = (publicPath: string): string =>
  [
    ...documents.map(({ path, rel, type }) => `<${publicPath}${path}>; rel="${rel}"; type="${type}"`),
    `<${publicPath}${catalogPath}>; rel="api-catalog"`,
  ].join(", ")
