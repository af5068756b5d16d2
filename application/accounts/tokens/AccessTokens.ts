import { Context, type Effect } from "effect"
import type { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import type { Identity } from "../../../domain/accounts/Identity.ts"

/** Makes and checks the short-lived tokens that requests carry. */
export class AccessTokens extends Context.Service<
  AccessTokens,
  {
    /** How long a token is good for, in milliseconds. */
    readonly lifetimeMillis: number

    /** A new token for the identity. */
    readonly issue: (identity: Identity) => Effect.Effect<string>

    /**
     * Whose token it is. Fails for any but a token of ours, unaltered, for this audience and in its time; whether the
     * session was ended since is not asked here.
     */
    readonly verify: (token: string) => Effect.Effect<Identity, InvalidAccessToken>
  }
>()("taskwright/AccessTokens") {}
