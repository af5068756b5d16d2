/** Calls the tools of assistants on a server, through its endpoint of the Model Context Protocol. */
import { Effect, Predicate, Result, Schema } from "effect"
import { type HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { InvalidAccessToken } from "../../../../domain/accounts/AccountErrors.ts"
import type { ToolCall, ToolResult } from "../../../mcp/ToolCall.ts"
import { CommandFailed, RateLimited, Unreachable } from "../../CliErrors.ts"
import type { AuthenticatedError, Call } from "../Call.ts"

/** The revision in which a call is one request, without a session. */
const revision = "2026-07-28"

/** The timeout of one call: a little more than the server's own. */
const timeoutMillis = 45_000
/** The time before a retry if the server does not say. */
const usualRetryMillis = 1_000

const ToolResponse = Schema.Struct({
  result: Schema.Struct({
    isError: Schema.optional(Schema.Boolean),
    content: Schema.Tuple([
      Schema.Struct({ text: Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)) }),
    ]),
  }),
})
const decodeResponse = Schema.decodeUnknownResult(Schema.fromJsonString(ToolResponse))

/** Makes the function that calls a tool. The token of the call is that of the surrounding effect. */
export const makeCallRemoteTool = (httpClient: HttpClient.HttpClient, url: string) => {
  const unreachable = new Unreachable({ message: `The server ${url} cannot be reached.` })

  const read = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<ToolResult, AuthenticatedError> => {
    switch (response.status) {
      case 200:
        return Effect.flatMap(
          Effect.mapError(response.text, () => unreachable),
          (text) => {
            const decoded = decodeResponse(text)
            if (Result.isFailure(decoded))
              return Effect.fail(new CommandFailed({ message: "The server refuses this call." }))
            const { content, isError = false } = decoded.success.result
            return Effect.succeed({ isError, content: content[0].text })
          },
        )
      case 401:
        return Effect.fail(new InvalidAccessToken())
      case 404:
      case 405:
        return Effect.fail(
          new CommandFailed({ message: `The server ${url} is too old: it has no tools for assistants.` }),
        )
      case 429:
        return Effect.fail(new RateLimited({ retryAfterMillis: retryMillisOf(response) }))
      default:
        return response.status >= 500
          ? Effect.fail(new Unreachable({ message: `The server ${url} cannot answer at the moment.` }))
          : Effect.fail(new CommandFailed({ message: "The server refuses this call." }))
    }
  }

  return (call: ToolCall): Call<ToolResult> => {
    const request = HttpClientRequest.post(`${url}/mcp`, {
      headers: {
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": revision,
        "mcp-method": "tools/call",
        "mcp-name": call.name,
      },
    }).pipe(HttpClientRequest.bodyJsonUnsafe(messageOf(call)))
    return httpClient.execute(request).pipe(
      Effect.mapError(() => unreachable),
      Effect.flatMap(read),
      Effect.timeoutOrElse({ duration: timeoutMillis, orElse: () => Effect.fail(unreachable) }),
    )
  }
}

const messageOf = ({ arguments: args, name }: ToolCall) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: {
    name,
    arguments: Predicate.isObject(args) ? args : {},
    _meta: {
      "io.modelcontextprotocol/protocolVersion": revision,
      // The plan is the answer. This process asks its own client.
      "io.modelcontextprotocol/clientCapabilities": {},
      "io.modelcontextprotocol/clientInfo": { name: "taskwright", version: "1" },
    },
  },
})

const retryMillisOf = ({ headers }: HttpClientResponse.HttpClientResponse): number => {
  const seconds = Number(headers["retry-after"])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : usualRetryMillis
}
