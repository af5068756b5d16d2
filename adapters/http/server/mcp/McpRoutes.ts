/** Lists the routes of the Model Context Protocol: its endpoint, and the metadata of the protected resource. */
import { Effect, Result, Scope } from "effect"
import type { Ports } from "../../../../application/Ports.ts"
import type { Pipeline } from "../middleware/Pipeline.ts"
import type { RequestBody } from "../request/JsonBody.ts"
import type { AuthenticatedContext, RequestContext } from "../request/RequestContext.ts"
import { HttpResponse, jsonResponse, problemResponse } from "../response/HttpResponse.ts"
import type { Endpoint } from "../routing/Endpoint.ts"
import type { Route } from "../routing/Route.ts"
import { AssistantProtocol } from "../settings/AssistantProtocol.ts"
import { HttpSettings } from "../settings/HttpSettings.ts"
import { costOfMessages } from "./MessageCost.ts"
import { metadataUrl, resourceMetadata } from "./ResourceMetadata.ts"

/** The maximum size of a message, in bytes. */
const maxBodyBytes = 512 * 1024

/** The code of JSON-RPC for a message that is no JSON. */
const parseError = -32700

/** What a client has to accept: an answer is JSON, and the protocol allows streams. */
const acceptedTypes = ["application/json", "text/event-stream"]

/** Returns the routes; none if the server has no such protocol. */
export const mcpRoutes = Effect.fnUntraced(function* (pipeline: Pipeline) {
  const makeProtocol = yield* AssistantProtocol
  if (makeProtocol === null) return []
  const settings = yield* HttpSettings
  const { corsOrigins, deadlineMillis } = settings
  const ports = yield* Effect.context<Ports>()
  const scope = yield* Effect.scope
  const protocol = yield* Effect.cached(
    makeProtocol({ ...settings, allowedOrigins: corsOrigins }).pipe(
      Effect.provideContext(ports),
      Effect.provideService(Scope.Scope, scope),
    ),
  )

  const handle = ({ id, identity, request }: AuthenticatedContext, body: RequestBody | undefined) =>
    Effect.gen(function* () {
      const json = body?.json ?? Result.fail("The body is empty; JSON is expected.")
      if (Result.isFailure(json)) return malformed(json.failure)
      const answer = yield* protocol
      const { headers, status, text } = yield* answer(
        { headers: headersOf(request.headers), json: json.success, text: JSON.stringify(json.success) },
        { identity, requestId: id },
      )
      return new HttpResponse(status, headers, text)
    })

  const endpoint: Endpoint = {
    takesBody: true,
    mediaType: "application/json",
    maxBodyBytes,
    isLimited: true,
    needsIdentity: true,
    // Tools say it themselves, so that a client can connect and read why they refuse.
    needsVerifiedEmail: false,
    costOf: ({ json }) => (Result.isSuccess(json) ? costOfMessages(json.success) : 1),
    handle,
  }

  const post = (context: RequestContext) => {
    const { id, request } = context
    const { accept = "", origin } = request.headers
    // A page of another site must not reach a server on this machine (DNS rebinding).
    if (origin !== undefined && !corsOrigins.includes(origin)) {
      return Effect.succeed(problemResponse("origin_not_allowed", id))
    }
    if (!acceptedTypes.every((type) => accept.includes(type))) {
      return Effect.succeed(problemResponse("not_acceptable", id, { detail: notAcceptable }))
    }
    return Effect.map(pipeline(endpoint, context), (response) => withMetadata(response, metadataUrl(settings, request)))
  }

  const metadata = ({ request }: RequestContext) =>
    Effect.succeed(jsonResponse(200, resourceMetadata(settings, request)))
  const metadataRoute = { method: "GET", handle: metadata, deadlineMillis } as const
  return [
    { method: "POST", path: "/mcp", handle: post, deadlineMillis, cacheControl: "no-store" },
    { ...metadataRoute, path: "/.well-known/oauth-protected-resource" },
    // Where clients look that put the path of the resource behind the well-known one (RFC 9728 §3.1).
    { ...metadataRoute, path: "/.well-known/oauth-protected-resource/mcp" },
  ] satisfies ReadonlyArray<Route>
})

const notAcceptable = `Accept has to name ${acceptedTypes.join(" and ")}.`

const malformed = (reason: string): HttpResponse =>
  jsonResponse(400, { jsonrpc: "2.0", id: null, error: { code: parseError, message: reason } })

/** Adds to a challenge where the metadata of the resource are (RFC 9728 §5.1). */
const withMetadata = (response: HttpResponse, url: string): HttpResponse => {
  const challenge = response.headers["www-authenticate"]
  if (challenge === undefined) return response
  const separator = challenge === "Bearer" ? " " : ", "
  const headers = { ...response.headers, "www-authenticate": `${challenge}${separator}resource_metadata="${url}"` }
  return new HttpResponse(response.status, headers, response.body)
}

/** Returns the headers that the protocol reads. The token is not among them. */
const headersOf = (headers: RequestContext["request"]["headers"]): Readonly<Record<string, string>> => ({
  accept: acceptedTypes.join(", "),
  "content-type": "application/json",
  ...Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith("mcp-") && typeof value === "string" && isVisible(value) ? [[name, value]] : [],
    ),
  ),
})

/** Node reads other bytes as Latin-1, which a request of the web platform refuses. */
const isVisible = (value: string): boolean => /^[\t\x20-\x7e]*$/.test(value)
