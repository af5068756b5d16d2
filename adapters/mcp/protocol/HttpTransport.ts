/** Serves the protocol over HTTP: one message in, one answer out, and nothing is remembered between them. */
import { Effect, Predicate } from "effect"
import { McpServer } from "effect/ai"
import { HttpEffect, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { refuseBatch } from "./MessageBatch.ts"
import { protocols, registrations, serverInfo } from "./Registrations.ts"
import type { ToolCalls } from "./ToolCalls.ts"

/** A message of a client. Header names are in lower case. */
export interface HttpMessage {
  readonly headers: Readonly<Record<string, string>>
  /** The body, parsed as JSON. */
  readonly json: unknown
  /** The body itself. */
  readonly text: string
}

/** The answer to a message. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

const versionHeader = "mcp-protocol-version"
const sessionHeader = "mcp-session-id"
const path = "/mcp"

/** The revisions that begin with a session. */
const revisionsWithSessions: ReadonlyArray<string> = protocols
  .filter(({ runtime }) => runtime._tag === "Stateful")
  .map(({ protocolVersion }) => protocolVersion)
/** The revision of a message that names none: it is the last one that clients need not name. */
const impliedRevision = "2025-03-26"

/** Makes the function that answers messages. A page of another origin than those listed is refused. */
export const makeHttpTransport = (version: string, allowedOrigins: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    // It fails only for options that no configuration has.
    const server = yield* Effect.orDie(
      HttpRouter.toHttpEffect(
        McpServer.layerHttp({
          ...serverInfo(version),
          path,
          protocols,
          allowedOrigins,
          allowSessionTermination: true,
          // A stream per client would outlast every timeout of the service, and there is nothing to notify of.
          allowSubscriptions: false,
          registrations,
        }),
      ),
    )

    const send = (method: "DELETE" | "POST", headers: HttpMessage["headers"], text: string | null) => {
      const request = new Request(`http://localhost${path}`, { method, headers, body: text })
      return Effect.suspend(() => {
        let response = HttpServerResponse.empty({ status: 500 })
        const handled = HttpEffect.toHandled(server, (_, made) =>
          Effect.sync(() => {
            response = made
          }),
        )
        const served = Effect.provideService(
          handled,
          HttpServerRequest.HttpServerRequest,
          HttpServerRequest.fromWeb(request),
        )
        return Effect.flatMap(served, () => toAnswer(response))
      })
    }

    const endSession = (headers: HttpMessage["headers"], session: string | undefined) =>
      session === undefined
        ? Effect.void
        : Effect.asVoid(send("DELETE", { ...headers, [sessionHeader]: session }, null))

    /** Opens a session for one message. Any process can answer the next message, and no session is left over. */
    const withSession = (revision: string, headers: HttpMessage["headers"], text: string) =>
      Effect.acquireUseRelease(
        Effect.map(send("POST", headers, initialize(revision)), ({ headers }) => headers[sessionHeader]),
        (session) => send("POST", session === undefined ? headers : { ...headers, [sessionHeader]: session }, text),
        (session) => endSession(headers, session),
      )

    return ({ headers, json, text }: HttpMessage): Effect.Effect<HttpAnswer, never, ToolCalls> => {
      const refused = Array.isArray(json) ? refuseBatch(json) : null
      if (refused !== null) return Effect.succeed(invalidRequest(refused))
      const revision = headers[versionHeader] ?? impliedRevision
      const isAlone = isWithoutSession(json) || headers[sessionHeader] !== undefined
      if (!isAlone && revisionsWithSessions.includes(revision)) {
        return Effect.map(withSession(revision, headers, text), withoutSession)
      }
      return Effect.flatMap(send("POST", headers, text), (answer) =>
        Effect.as(endSession(headers, answer.headers[sessionHeader]), withoutSession(answer)),
      )
    }
  })

/** Whether the message needs no session: it opens one, or is of the revision that has none. */
const isWithoutSession = (json: unknown): boolean =>
  Predicate.hasProperty(json, "method") &&
  (json.method === "initialize" ||
    (Predicate.hasProperty(json, "params") &&
      Predicate.hasProperty(json.params, "_meta") &&
      Predicate.hasProperty(json.params._meta, "io.modelcontextprotocol/protocolVersion")))

const initialize = (protocolVersion: string): string =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: "session",
    method: "initialize",
    params: { protocolVersion, capabilities: {}, clientInfo: { name: "session", version: "1" } },
  })

const withoutSession = ({ headers, status, text }: HttpAnswer): HttpAnswer => {
  const { [sessionHeader]: _, ...rest } = headers
  return { status, headers: rest, text }
}

const invalidRequest = (message: string): HttpAnswer => ({
  status: 400,
  headers: { "content-type": "application/json" },
  text: JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32600, message } }),
})

const toAnswer = (response: HttpServerResponse.HttpServerResponse): Effect.Effect<HttpAnswer> =>
  Effect.promise(async () => {
    const web = HttpServerResponse.toWeb(response)
    return { status: web.status, headers: Object.fromEntries(web.headers), text: await web.text() }
  })
