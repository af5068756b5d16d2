/** The port that generates and reads opaque tokens. */
import { Context, type Effect, type Option } from "effect"
import type { TokenHash, TokenSalt } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/**
 * Generates and reads the long-lived opaque tokens: refresh tokens and the tokens in emails. Each contains at least 256
 * bits of randomness and its user's id, so that only that user's rows are searched. Only hashes are stored.
 */
export class OpaqueTokens extends Context.Service<
  OpaqueTokens,
  {
    /** Generates a new token and its hash. */
    readonly make: (userId: UserId) => Effect.Effect<{ readonly token: string; readonly hash: TokenHash }>

    /**
     * Derives a token from the presented one and a new salt. A caller that has both can derive it again with `succeed`.
     * It cannot be derived from the stored data, which does not contain the presented token.
     */
    readonly makeSuccessor: (
      token: string,
    ) => Effect.Effect<{ readonly token: string; readonly hash: TokenHash; readonly salt: TokenSalt }>

    /** Returns the successor of the presented token under the salt. */
    readonly succeed: (token: string, salt: TokenSalt) => string

    /** Returns the token's user and hash, or none if the text is not such a token. */
    readonly read: (token: string) => Option.Option<{ readonly userId: UserId; readonly hash: TokenHash }>
  }
>()("taskwright/OpaqueTokens") {}
