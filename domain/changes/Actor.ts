/** The actor of a change: the session, token or job that made it. */
import { Schema } from "effect"
import type { ApiTokenId } from "../accounts/ApiTokenId.ts"
import type { Identity } from "../accounts/Identity.ts"
import { SessionId } from "../accounts/SessionId.ts"
import { BoundedText } from "../shared/Text.ts"
import { Uuid } from "../shared/Uuid.ts"

/** The name as it was when the change was made: a session's device, a token's name, or the job. */
export const ActorName = BoundedText(1, 100).pipe(Schema.brand("ActorName"))
export type ActorName = typeof ActorName.Type

export const Actor = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("session"), id: SessionId, name: Schema.NullOr(ActorName) }),
  Schema.Struct({ kind: Schema.Literal("token"), id: Uuid, name: Schema.NullOr(ActorName) }),
  /** A job of the service itself, such as cleanup. It has a name and no id. */
  Schema.Struct({ kind: Schema.Literal("system"), id: Schema.Null, name: ActorName }),
])
export type Actor = typeof Actor.Type

/** Names a session or a token, whatever it is called. A job cannot be named: its changes are never taken back. */
export const ActorReference = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("session"), id: SessionId }),
  Schema.Struct({ kind: Schema.Literal("token"), id: Uuid }),
])
export type ActorReference = typeof ActorReference.Type

/** Whether the reference names the actor. */
export const isSameActor = (reference: ActorReference, actor: Actor): boolean =>
  reference.kind === actor.kind && reference.id === actor.id

/** Returns the id of the session or token, by which its changes are found. */
export const actorIdOf = (identity: Identity): SessionId | ApiTokenId =>
  identity._tag === "Session" ? identity.sessionId : identity.tokenId

/**
 * Returns the actor of what the identity does. The name of a session is null, so that the store records the session's
 * device.
 */
export const actorOf = (identity: Identity): Actor => {
  switch (identity._tag) {
    case "Session":
      return { kind: "session", id: identity.sessionId, name: null }
    case "ApiToken":
      // Both kinds of name are text of 1 to 100 characters.
      return { kind: "token", id: identity.tokenId, name: identity.name as string as ActorName }
  }
}
