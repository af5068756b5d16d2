/** The port through which the server answers messages of the Model Context Protocol. */
import { Context, type Effect, type Scope } from "effect"
import type { AccessPolicy } from "../../../../application/access/Access.ts"
import type { Ports } from "../../../../application/Ports.ts"
import type { Identity } from "../../../../domain/accounts/Identity.ts"

/** A message of a client. Header names are in lower case. */
export interface ProtocolMessage {
  readonly headers: Readonly<Record<string, string>>
  /** The body, parsed as JSON, and the same as text. */
  readonly json: unknown
  readonly text: string
}

/** The response to a message. Header names are in lower case. */
export interface ProtocolResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The caller that sends a message, and the id of its request. */
export interface ProtocolCaller {
  readonly identity: Identity
  readonly requestId: string
}

export interface ProtocolOptions extends AccessPolicy {
  readonly version: string
  /** The origins with pages that may call. */
  readonly allowedOrigins: ReadonlyArray<string>
}

/** Answers one message of a caller. It keeps nothing of it, so any process can answer the next one. */
export type AnswerMessage = (
  message: ProtocolMessage,
  caller: ProtocolCaller,
) => Effect.Effect<ProtocolResponse, never, Ports>

/** Makes the function that answers messages. Null for a server without the protocol: its endpoint does not exist. */
export const AssistantProtocol = Context.Reference<
  ((options: ProtocolOptions) => Effect.Effect<AnswerMessage, never, Ports | Scope.Scope>) | null
>("taskwright/http/AssistantProtocol", { defaultValue: () => null })
