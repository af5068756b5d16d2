import { Context, type Effect, type Option } from "effect"
import type { TokenHash, TokenSalt } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/**
 * Makes and reads the long-lived secrets that stand for a right: refresh tokens and the tokens in mails. Each holds at
 * least 256 bits of randomness and names its user, so that it is looked for among that user's rows alone. Only hashes
 * are stored.
 */
export class OpaqueTokens extends Context.Service<
  OpaqueTokens,
  {
    /** A new token and its hash. */
    readonly make: (userId: UserId) => Effect.Effect<{ readonly token: string; readonly hash: TokenHash }>

    /**
     * A token that follows from the presented one and a new salt. Who holds both can make it again with `succeed`;
     * nobody can from what is stored, which lacks the presented token.
     */
    readonly makeSuccessor: (
      token: string,
    ) => Effect.Effect<{ readonly token: string; readonly hash: TokenHash; readonly salt: TokenSalt }>

    /** The successor of the presented token under the salt. */
    readonly succeed: (token: string, salt: TokenSalt) => string

    /** Whose token it is and its hash; none for a text that is no such token. */
    readonly read: (token: string) => Option.Option<{ readonly userId: UserId; readonly hash: TokenHash }>
  }
>()("taskwright/OpaqueTokens") {}
