/** The port that stores pending password resets. */
import { Context, type Effect, type Option } from "effect"
import type { PasswordReset } from "../../../domain/accounts/PasswordReset.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/** Stores the pending password reset of each user, at most one. */
export class PasswordResetRepository extends Context.Service<
  PasswordResetRepository,
  {
    /** Stores the reset, and replaces the user's older one. */
    readonly replace: (reset: PasswordReset) => Effect.Effect<void>

    /** Returns the user's reset with this token, without removing it. */
    readonly find: (userId: UserId, tokenHash: TokenHash) => Effect.Effect<Option.Option<PasswordReset>>

    /** Removes and returns the user's reset with this token. Exactly one of any concurrent callers MUST get it. */
    readonly take: (userId: UserId, tokenHash: TokenHash) => Effect.Effect<Option.Option<PasswordReset>>

    /** Removes the user's reset, if there is one. */
    readonly remove: (userId: UserId) => Effect.Effect<void>
  }
>()("taskwright/PasswordResetRepository") {}
