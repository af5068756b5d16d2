/** The port that issues and verifies access tokens. */
import { Context, type Effect } from "effect"
import type { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import type { SessionIdentity } from "../../../domain/accounts/Identity.ts"

/** Issues and verifies the short-lived tokens that requests present. */
export class AccessTokens extends Context.Service<
  AccessTokens,
  {
    /** How long a token is valid, in milliseconds. */
    readonly lifetimeMillis: number

    /** Issues a new token of the session. */
    readonly issue: (session: Pick<SessionIdentity, "userId" | "sessionId">) => Effect.Effect<string>

    /**
     * Returns the identity of the token. Fails unless this service issued the token for this audience, and it is
     * unaltered and not expired. Does not check whether the session was revoked since.
     */
    readonly verify: (token: string) => Effect.Effect<SessionIdentity, InvalidAccessToken>
  }
>()("taskwright/AccessTokens") {}
