/** The service through which the protocol calls tools, whatever the transport and the caller. */
import { Context, type Effect } from "effect"
import type { ToolCall, ToolResult } from "../ToolCall.ts"

/** Calls one of the tools as the client of the current request. */
export class ToolCalls extends Context.Service<
  ToolCalls,
  { readonly call: (call: ToolCall) => Effect.Effect<ToolResult> }
>()("taskwright/mcp/ToolCalls") {}
