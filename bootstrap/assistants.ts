/** Connects the HTTP server to the Model Context Protocol. */
import { Effect, Layer } from "effect"
import { AssistantProtocol } from "../adapters/http/server/settings/AssistantProtocol.ts"

/** The protocol is loaded at the first message: a server without assistants pays nothing for it. */
export const assistants = Layer.succeed(AssistantProtocol, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("../adapters/mcp/protocol/McpEndpoint.ts")),
    ({ makeMcpEndpoint }) => makeMcpEndpoint(options),
  ),
)
