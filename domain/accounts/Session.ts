/** Sessions and their refresh tokens: rotation, expiry, and the detection of reused tokens. */
import { Data, Schema } from "effect"
import { BoundedText } from "../shared/Text.ts"
import { plusMillis, Timestamp, toMillis } from "../shared/Timestamp.ts"
import { SessionId } from "./SessionId.ts"
import { TokenHash, TokenSalt } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/** The device as its user would name it: "Firefox on Linux". */
export const Device = BoundedText(1, 100).pipe(Schema.brand("Device"))
export type Device = typeof Device.Type

/** One login of a user, extended by each refresh. It has one valid refresh token until it expires or is revoked. */
export const Session = Schema.Struct({
  id: SessionId,
  userId: UserId,
  /** Null if unknown. */
  device: Schema.NullOr(Device),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  /** When its current refresh token expires. */
  expiresAt: Timestamp,
  /** When it was revoked, by its user or because a refresh token was reused. Null while it is active. */
  revokedAt: Schema.NullOr(Timestamp),
})
export interface Session extends Schema.Schema.Type<typeof Session> {}

/** The successor of a refresh token: its hash, when it was issued, and the salt it was derived from. */
export const Replacement = Schema.Struct({ at: Timestamp, hash: TokenHash, salt: TokenSalt })
export interface Replacement extends Schema.Schema.Type<typeof Replacement> {}

/** One refresh token of a session: valid until it is replaced or expires. */
export const RefreshToken = Schema.Struct({
  hash: TokenHash,
  sessionId: SessionId,
  userId: UserId,
  expiresAt: Timestamp,
  replacement: Schema.NullOr(Replacement),
})
export interface RefreshToken extends Schema.Schema.Type<typeof RefreshToken> {}

/**
 * How long refresh tokens are valid, and how long a replaced one may be presented again. All values are in
 * milliseconds.
 */
export interface RefreshPolicy {
  readonly lifetimeMillis: number
  readonly reuseLeewayMillis: number
}

/** Creates a session and its first refresh token. */
export const start = (
  fields: Pick<Session, "id" | "userId" | "device"> & { readonly tokenHash: TokenHash },
  policy: RefreshPolicy,
  now: Timestamp,
): { readonly session: Session; readonly token: RefreshToken } => {
  const expiresAt = plusMillis(now, policy.lifetimeMillis)
  return {
    session: {
      id: fields.id,
      userId: fields.userId,
      device: fields.device,
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
      revokedAt: null,
    },
    token: { hash: fields.tokenHash, sessionId: fields.id, userId: fields.userId, expiresAt, replacement: null },
  }
}

/** The possible results of presenting a refresh token. */
export type Refresh = Data.TaggedEnum<{
  /** The token is replaced. The caller MUST store all three together. */
  Rotated: { readonly session: Session; readonly replaced: RefreshToken; readonly successor: RefreshToken }
  /** The response to an earlier refresh was lost. The same successor is issued again, and nothing changes. */
  Reissued: { readonly salt: TokenSalt }
  /** A replaced token was presented again, so a copy of it exists. The caller MUST revoke the session. */
  ReuseDetected: Record<never, never>
  /** The token is invalid. */
  Rejected: Record<never, never>
}>
export const Refresh = Data.taggedEnum<Refresh>()

/**
 * Decides what happens to a presented refresh token (RFC 9700 §4.14.2: rotation with detection of reuse).
 *
 * `successor` is the token that replaced it, if any; `next` is the token that would replace it now.
 */
export const refresh = (
  record: { readonly session: Session; readonly presented: RefreshToken; readonly successor: RefreshToken | null },
  next: { readonly hash: TokenHash; readonly salt: TokenSalt },
  policy: RefreshPolicy,
  now: Timestamp,
): Refresh => {
  const { presented, session, successor } = record
  if (session.revokedAt !== null || presented.expiresAt <= now) return Refresh.Rejected()
  const { replacement } = presented
  if (replacement !== null) {
    const isUnused = successor !== null && successor.replacement === null && successor.expiresAt > now
    const isRecent = isWithin(policy.reuseLeewayMillis, toMillis(now) - toMillis(replacement.at))
    return isUnused && isRecent ? Refresh.Reissued({ salt: replacement.salt }) : Refresh.ReuseDetected()
  }
  const expiresAt = plusMillis(now, policy.lifetimeMillis)
  return Refresh.Rotated({
    session: { ...session, lastUsedAt: now, expiresAt },
    replaced: { ...presented, replacement: { at: now, hash: next.hash, salt: next.salt } },
    successor: { hash: next.hash, sessionId: session.id, userId: session.userId, expiresAt, replacement: null },
  })
}

/** How far the clock that dated a replacement may be ahead of the clock that reads it, in milliseconds. */
const clockToleranceMillis = 1_000

/**
 * Whether a leeway has not yet passed. A replacement in the future was dated by another clock, or this clock was set
 * back. Its age is unknown then, so it does not count as recent.
 */
const isWithin = (leewayMillis: number, elapsedMillis: number): boolean =>
  elapsedMillis < leewayMillis && elapsedMillis > -Math.min(clockToleranceMillis, leewayMillis)

/** Returns the revoked session. A session that was revoked before keeps its time. */
export const revoke = (session: Session, now: Timestamp): Session =>
  session.revokedAt === null ? { ...session, revokedAt: now } : session
