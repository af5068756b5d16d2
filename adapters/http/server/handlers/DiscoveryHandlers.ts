/** Handles the endpoints that point to the rest of the API. */
import { Effect } from "effect"
import { HttpApiSchema } from "effect/http-api"
import type { DiscoveryApi } from "../../api/v1/DiscoveryApi.ts"
import { catalogPath, documentLinks, documents } from "../response/DocumentLinks.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"
import type { Handlers } from "./Handlers.ts"

/** A resource of the API that a program can begin with. */
export interface StartingPoint {
  readonly path: string
  readonly title: string
}

/** The profile that RFC 9727 gives to the catalog. */
const catalogType = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'

const versionPath = "/api/v1"

/** Makes the handlers. All references have the path that a proxy publishes the service under. */
export const discoveryHandlers = (
  { publicPath, version }: HttpSettings,
  startingPoints: ReadonlyArray<StartingPoint>,
): Handlers<typeof DiscoveryApi> => {
  const toLink = (rel: string, { path, title }: StartingPoint) => ({ rel, href: `${publicPath}${path}`, title })
  const link = documentLinks(publicPath)
  const indexWith = (links: ReadonlyArray<ReturnType<typeof toLink>>) => {
    const documentation = documents.map(({ path, rel, title }) => toLink(rel, { path, title }))
    const body = { name: "Taskwright", version, links: [...links, ...documentation] }
    return () => Effect.succeed(HttpApiSchema.withHeaders({ body, headers: { link } }))
  }
  const linkset = [
    { anchor: `${publicPath}${catalogPath}`, item: [{ href: `${publicPath}${versionPath}` }] },
    {
      anchor: `${publicPath}${versionPath}`,
      ...Object.fromEntries(
        documents.map(({ path, rel, type }) => [rel, [{ href: `${publicPath}${path}`, type }]] as const),
      ),
    },
  ]
  return {
    getApiIndex: indexWith([
      toLink("self", { path: "/api", title: "The versions of the API" }),
      toLink("item", { path: versionPath, title: "Version 1" }),
      toLink("api-catalog", { path: catalogPath, title: "The catalog for programs" }),
    ]),
    getVersionIndex: indexWith([
      toLink("self", { path: versionPath, title: "Version 1" }),
      toLink("up", { path: "/api", title: "The versions of the API" }),
      ...startingPoints.map((each) => toLink("item", each)),
    ]),
    getApiCatalog: () =>
      Effect.succeed(HttpApiSchema.withHeaders({ body: { linkset }, headers: { link, "content-type": catalogType } })),
  }
}
