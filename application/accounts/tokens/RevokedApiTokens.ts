/** The port that remembers revoked API tokens. */
import { Context, type Effect } from "effect"
import type { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"

/**
 * How long a process trusts what it has read of a token, in milliseconds. After that it reads the token again. Until
 * then, it learns from `RevokedApiTokens` that the token was revoked.
 */
export const trustedMillis = 5 * 60_000

/** Remembers which API tokens were revoked, for longer than any process trusts what it has read of one. */
export class RevokedApiTokens extends Context.Service<
  RevokedApiTokens,
  {
    /** Records a token that this process revoked. Other processes that share this store learn of it too. */
    readonly revoke: (tokenId: ApiTokenId) => Effect.Effect<void>

    /** Records a token that any process revoked, in this process alone. */
    readonly remember: (tokenId: ApiTokenId) => Effect.Effect<void>

    readonly has: (tokenId: ApiTokenId) => Effect.Effect<boolean>
  }
>()("taskwright/RevokedApiTokens") {}
