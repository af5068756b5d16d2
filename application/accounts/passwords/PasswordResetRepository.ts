import { Context, type Effect, type Option } from "effect"
import type { PasswordReset } from "../../../domain/accounts/PasswordReset.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/** Keeps the open password reset of each user, at most one. */
export class PasswordResetRepository extends Context.Service<
  PasswordResetRepository,
  {
    /** Keeps the reset in the place of the user's older one. */
    readonly replace: (reset: PasswordReset) => Effect.Effect<void>

    /** The user's reset with that token, which stays where it is. */
    readonly find: (userId: UserId, tokenHash: TokenHash) => Effect.Effect<Option.Option<PasswordReset>>

    /** Takes the user's reset with that token away. Of any number at once exactly one MUST get it. */
    readonly take: (userId: UserId, tokenHash: TokenHash) => Effect.Effect<Option.Option<PasswordReset>>

    /** Takes the user's reset away, if there is one. */
    readonly remove: (userId: UserId) => Effect.Effect<void>
  }
>()("taskwright/PasswordResetRepository") {}
