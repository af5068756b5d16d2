/** The caller of a request, once its token is verified. */
import { Data } from "effect"
import type { Timestamp } from "../shared/Timestamp.ts"
import type { ApiTokenName } from "./ApiToken.ts"
import type { ApiTokenId } from "./ApiTokenId.ts"
import type { Scope } from "./Scope.ts"
import type { SessionId } from "./SessionId.ts"
import type { UserId } from "./UserId.ts"

/** The kinds of caller: one for each kind of token that the service accepts. Every kind acts for a user. */
export type Identity = Data.TaggedEnum<{
  /** A signed-in user, by the session of an access token, until the token expires. */
  Session: { readonly userId: UserId; readonly sessionId: SessionId; readonly expiresAt: Timestamp }
  /** A program, by an API token, within the token's scopes and until it expires. */
  ApiToken: {
    readonly userId: UserId
    readonly tokenId: ApiTokenId
    readonly name: ApiTokenName
    readonly scopes: ReadonlyArray<Scope>
    readonly expiresAt: Timestamp
  }
}>
export const Identity = Data.taggedEnum<Identity>()

/** The identity that an access token proves. */
export type SessionIdentity = Extract<Identity, { readonly _tag: "Session" }>

/** The identity that an API token proves. */
export type ApiTokenIdentity = Extract<Identity, { readonly _tag: "ApiToken" }>
