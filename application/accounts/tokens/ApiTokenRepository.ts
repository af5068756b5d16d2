/** The port that stores API tokens. */
import { Context, type Effect, type Option } from "effect"
import type { ApiToken } from "../../../domain/accounts/ApiToken.ts"
import type { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"

/** That a token was used, and when. */
export interface ApiTokenUse {
  readonly userId: UserId
  readonly tokenId: ApiTokenId
  readonly at: Timestamp
}

/** How long a stored time of the last use stays at least, in milliseconds. */
export const minUseMillis = 60_000

/** Stores the API tokens of all users, by the hashes of their secrets. An account's tokens MUST be deleted with it. */
export class ApiTokenRepository extends Context.Service<
  ApiTokenRepository,
  {
    /** Stores a new token of an existing account. */
    readonly insert: (token: ApiToken, hash: TokenHash) => Effect.Effect<void>

    /** Returns the token with this hash, of any user, also if it has expired. */
    readonly findByHash: (hash: TokenHash) => Effect.Effect<Option.Option<ApiToken>>

    /** Returns the user's tokens that are valid at the time, the newest first. */
    readonly list: (userId: UserId, at: Timestamp) => Effect.Effect<ReadonlyArray<ApiToken>>

    /**
     * Revokes the user's token: deletes it, and returns whether there was one. The time of the revocation MUST come from
     * the clock that `SessionRepository.time` reads.
     */
    readonly revoke: (userId: UserId, tokenId: ApiTokenId) => Effect.Effect<boolean>

    /** Revokes all tokens of the user, and returns their ids. */
    readonly revokeAll: (userId: UserId) => Effect.Effect<ReadonlyArray<ApiTokenId>>

    /** Returns the tokens of all users that were revoked at or after the time, including those of deleted accounts. */
    readonly revokedSince: (at: Timestamp) => Effect.Effect<ReadonlyArray<ApiTokenId>>

    /**
     * Stores when these tokens were last used. A stored time of less than `minUseMillis` before stays, so that no
     * number of processes writes it more often. A token that is being written at the moment MAY be left out.
     */
    readonly recordUses: (uses: ReadonlyArray<ApiTokenUse>) => Effect.Effect<void>
  }
>()("taskwright/ApiTokenRepository") {}
