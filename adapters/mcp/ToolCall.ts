/** The types that calls of tools pass through, whatever the transport. */
import type { Identity } from "../../domain/accounts/Identity.ts"

/** A call of a tool, as a client sends it. */
export interface ToolCall {
  readonly name: string
  readonly arguments: unknown
}

/** The answer of a tool, as its output schema describes it. */
export interface Answer {
  readonly [member: string]: unknown
}

/** The answer to a call: JSON of a bounded size. */
export interface ToolResult {
  readonly isError: boolean
  readonly content: Answer
}

/** The caller of a tool. */
export interface ToolCaller {
  readonly identity: Identity
  /** The id of the request, for histories and logs. Null if no request carries the call. */
  readonly requestId: string | null
}
