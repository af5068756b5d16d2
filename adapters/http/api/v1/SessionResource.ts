/** Defines the JSON form of a session, and how to make it from the domain's. */
import { Schema } from "effect"
import type { Session } from "../../../../domain/accounts/Session.ts"
import type { SessionId } from "../../../../domain/accounts/SessionId.ts"
import { IdString, sessionIdExample, TimestampString } from "./SchemaAnnotations.ts"

/** A session of a user, as responses contain it. */
export const SessionResource = Schema.Struct({
  id: IdString("session", sessionIdExample),
  device: Schema.NullOr(Schema.String).annotate({
    description: "What it was logged in with, by its User-Agent; null where that says nothing.",
    examples: ["Firefox on Linux"],
  }),
  created_at: TimestampString,
  last_used_at: TimestampString,
  expires_at: TimestampString,
  current: Schema.Boolean.annotate({ description: "Whether it is the session of this access token." }),
}).annotate({ identifier: "Session" })
export interface SessionResource extends Schema.Schema.Type<typeof SessionResource> {}

export const toSessionResource = (session: Session, current: SessionId): SessionResource => ({
  id: session.id,
  device: session.device,
  created_at: session.createdAt,
  last_used_at: session.lastUsedAt,
  expires_at: session.expiresAt,
  current: session.id === current,
})
