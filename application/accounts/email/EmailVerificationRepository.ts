/** The port that stores pending verifications of email addresses. */
import { Context, type Effect, type Option } from "effect"
import type { EmailVerification } from "../../../domain/accounts/EmailVerification.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/** Stores the pending verification of each user, at most one. */
export class EmailVerificationRepository extends Context.Service<
  EmailVerificationRepository,
  {
    /** Stores the verification, and replaces the user's older one. */
    readonly replace: (verification: EmailVerification) => Effect.Effect<void>

    /**
     * Removes and returns the user's verification with this token. Exactly one of any concurrent callers MUST get it.
     */
    readonly take: (userId: UserId, tokenHash: TokenHash) => Effect.Effect<Option.Option<EmailVerification>>

    /** Removes the user's verification, if there is one. */
    readonly remove: (userId: UserId) => Effect.Effect<void>
  }
>()("taskwright/EmailVerificationRepository") {}
