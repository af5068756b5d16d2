import { Context, type Effect, type Option } from "effect"
import type { EmailVerification } from "../../../domain/accounts/EmailVerification.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/** Keeps the open verification of each user, at most one. */
export class EmailVerificationRepository extends Context.Service<
  EmailVerificationRepository,
  {
    /** Keeps the verification in the place of the user's older one. */
    readonly replace: (verification: EmailVerification) => Effect.Effect<void>

    /** Takes the user's verification with that token away. Of any number at once exactly one MUST get it. */
    readonly take: (userId: UserId, tokenHash: TokenHash) => Effect.Effect<Option.Option<EmailVerification>>

    /** Takes the user's verification away, if there is one. */
    readonly remove: (userId: UserId) => Effect.Effect<void>
  }
>()("taskwright/EmailVerificationRepository") {}
