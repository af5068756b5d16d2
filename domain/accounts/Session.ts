import { Data, Schema } from "effect"
import { BoundedText } from "../shared/Text.ts"
import { plusMillis, Timestamp, toMillis } from "../shared/Timestamp.ts"
import { SessionId } from "./SessionId.ts"
import { TokenHash, TokenSalt } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/** How a person would name what they logged in with: "Firefox on Linux". */
export const Device = BoundedText(1, 100).pipe(Schema.brand("Device"))
export type Device = typeof Device.Type

/** One login of a user, kept alive by refreshing. It has one live refresh token until it ends. */
export const Session = Schema.Struct({
  id: SessionId,
  userId: UserId,
  /** Null where it is not known. */
  device: Schema.NullOr(Device),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  /** When its live refresh token expires. */
  expiresAt: Timestamp,
  /** When it was ended by its user or by theft of a token; null while it runs. */
  endedAt: Schema.NullOr(Timestamp),
})
export interface Session extends Schema.Schema.Type<typeof Session> {}

/** What took a refresh token's place, when, and what the successor is derived from. */
export const Replacement = Schema.Struct({ at: Timestamp, hash: TokenHash, salt: TokenSalt })
export interface Replacement extends Schema.Schema.Type<typeof Replacement> {}

/** One refresh token of a session: live until it is replaced or expires. */
export const RefreshToken = Schema.Struct({
  hash: TokenHash,
  sessionId: SessionId,
  userId: UserId,
  expiresAt: Timestamp,
  replacement: Schema.NullOr(Replacement),
})
export interface RefreshToken extends Schema.Schema.Type<typeof RefreshToken> {}

/** How long refresh tokens live, and how long a replaced one may be shown again. Milliseconds. */
export interface RefreshPolicy {
  readonly lifetimeMillis: number
  readonly reuseLeewayMillis: number
}

/** A new session and its first refresh token. */
export const start = (
  wanted: Pick<Session, "id" | "userId" | "device"> & { readonly tokenHash: TokenHash },
  policy: RefreshPolicy,
  now: Timestamp,
): { readonly session: Session; readonly token: RefreshToken } => {
  const expiresAt = plusMillis(now, policy.lifetimeMillis)
  return {
    session: {
      id: wanted.id,
      userId: wanted.userId,
      device: wanted.device,
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
      endedAt: null,
    },
    token: { hash: wanted.tokenHash, sessionId: wanted.id, userId: wanted.userId, expiresAt, replacement: null },
  }
}

/** What presenting a refresh token leads to. */
export type Refresh = Data.TaggedEnum<{
  /** The token is replaced: the three are to be stored together. */
  Rotated: { readonly session: Session; readonly replaced: RefreshToken; readonly successor: RefreshToken }
  /** The answer to an earlier use was lost: the same successor is given out again, and nothing changes. */
  Reissued: { readonly salt: TokenSalt }
  /** A replaced token came back, so somebody has a copy: the session is over. */
  ReuseDetected: { readonly session: Session }
  /** Nothing can be had for it. */
  Rejected: Record<never, never>
}>
export const Refresh = Data.taggedEnum<Refresh>()

/**
 * Decides about a presented refresh token (RFC 9700 §4.14.2: rotation with detection of reuse).
 *
 * `successor` is the token that took its place, where one did; `next` names the token that would take it now.
 */
export const refresh = (
  held: { readonly session: Session; readonly presented: RefreshToken; readonly successor: RefreshToken | null },
  next: { readonly hash: TokenHash; readonly salt: TokenSalt },
  policy: RefreshPolicy,
  now: Timestamp,
): Refresh => {
  const { presented, session, successor } = held
  if (session.endedAt !== null || presented.expiresAt <= now) return Refresh.Rejected()
  const { replacement } = presented
  if (replacement !== null) {
    const isUnused = successor !== null && successor.replacement === null && successor.expiresAt > now
    const isRecent = isWithin(policy.reuseLeewayMillis, toMillis(now) - toMillis(replacement.at))
    return isUnused && isRecent
      ? Refresh.Reissued({ salt: replacement.salt })
      : Refresh.ReuseDetected({ session: end(session, now) })
  }
  const expiresAt = plusMillis(now, policy.lifetimeMillis)
  return Refresh.Rotated({
    session: { ...session, lastUsedAt: now, expiresAt },
    replaced: { ...presented, replacement: { at: now, hash: next.hash, salt: next.salt } },
    successor: { hash: next.hash, sessionId: session.id, userId: session.userId, expiresAt, replacement: null },
  })
}

/** How far the clock that dated a replacement may be ahead of the one that reads it, in milliseconds. */
const clockToleranceMillis = 1_000

/**
 * Whether a leeway still runs. A replacement in the future was dated by another clock, or this one was set back: nothing
 * tells how long ago it was, so it is not recent.
 */
const isWithin = (leewayMillis: number, elapsedMillis: number): boolean =>
  elapsedMillis < leewayMillis && elapsedMillis > -Math.min(clockToleranceMillis, leewayMillis)

/** The session, over; one that was stays as it is. */
export const end = (session: Session, now: Timestamp): Session =>
  session.endedAt === null ? { ...session, endedAt: now } : session
