/** Describes the endpoint of the protocol as a protected resource (RFC 9728). */
import type { IncomingMessage } from "node:http"
import type { Scope } from "../../../../domain/accounts/Scope.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"

type Place = Pick<HttpSettings, "publicUrl">
type Request = Pick<IncomingMessage, "headers">

/** The scopes of a token that may call every tool. */
const toolScopes: ReadonlyArray<Scope> = ["tasks:read", "tasks:write", "tasks:delete", "categories:write"]

/** The URL of the service, as the settings have it; without one, as the client has it. */
const baseUrl = ({ publicUrl }: Place, { headers }: Request): string =>
  publicUrl?.replace(/\/$/, "") ?? `http://${headers.host ?? "localhost"}`

/** Returns the URL of the metadata. */
export const metadataUrl = (place: Place, request: Request): string =>
  `${baseUrl(place, request)}/.well-known/oauth-protected-resource`

/** Returns the metadata. Tokens are made in the service itself, so they name no authorization server. */
export const resourceMetadata = (place: Place, request: Request) => {
  const base = baseUrl(place, request)
  return {
    resource: `${base}/mcp`,
    resource_name: "Taskwright",
    scopes_supported: toolScopes,
    bearer_methods_supported: ["header"],
    resource_documentation: `${base}/docs`,
  }
}
