/** Answers the messages of clients that are known by their tokens. */
import { type Context, Effect } from "effect"
import type { AccessPolicy } from "../../../application/access/Access.ts"
import type { Ports } from "../../../application/Ports.ts"
import { makeCallTool } from "../CallTool.ts"
import type { ToolCaller } from "../ToolCall.ts"
import { type HttpAnswer, type HttpMessage, makeHttpTransport } from "./HttpTransport.ts"
import { ToolCalls } from "./ToolCalls.ts"

export interface McpEndpointOptions extends AccessPolicy {
  readonly version: string
  /** The origins with pages that may call. */
  readonly allowedOrigins: ReadonlyArray<string>
}

/** Makes the function that answers one message of a caller. */
export const makeMcpEndpoint = ({ allowedOrigins, version, ...policy }: McpEndpointOptions) =>
  Effect.gen(function* () {
    const callTool = yield* makeCallTool(policy)
    const transport = yield* makeHttpTransport(version, allowedOrigins)
    return (message: HttpMessage, caller: ToolCaller): Effect.Effect<HttpAnswer, never, Ports> =>
      Effect.contextWith((ports: Context.Context<Ports>) =>
        Effect.provideService(transport(message), ToolCalls, {
          call: (call) => Effect.provideContext(callTool(call, caller), ports),
        }),
      )
  })
