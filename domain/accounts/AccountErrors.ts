import { Data } from "effect"
import type { EmailAddress } from "./EmailAddress.ts"
import type { SessionId } from "./SessionId.ts"
import type { UserId } from "./UserId.ts"

/** There is no such account. */
export class AccountNotFound extends Data.TaggedError("AccountNotFound")<{ readonly userId: UserId }> {}

/** Another account has that email address. */
export class EmailTaken extends Data.TaggedError("EmailTaken")<{ readonly email: EmailAddress }> {}

/** The email address is unknown or the password is wrong; which of the two is nobody's business. */
export class InvalidCredentials extends Data.TaggedError("InvalidCredentials") {}

/** The new password is one of the most used. `field` is its name in the command. */
export class CommonPassword extends Data.TaggedError("CommonPassword")<{
  readonly field: "password" | "newPassword"
}> {}

/** Logging in is locked for a while after too many failures. */
export class TooManyAttempts extends Data.TaggedError("TooManyAttempts")<{ readonly retryAfterMillis: number }> {}

/** The refresh token is unknown, expired, replaced, or of an ended session. */
export class InvalidRefreshToken extends Data.TaggedError("InvalidRefreshToken") {}

/** The access token is malformed, expired, not ours, or of an ended session. */
export class InvalidAccessToken extends Data.TaggedError("InvalidAccessToken") {}

/** The verification token is unknown, used or expired. */
export class InvalidVerificationToken extends Data.TaggedError("InvalidVerificationToken") {}

/** The reset token is unknown, used or expired. */
export class InvalidResetToken extends Data.TaggedError("InvalidResetToken") {}

/** The user has no such session, or it has ended. */
export class SessionNotFound extends Data.TaggedError("SessionNotFound")<{ readonly sessionId: SessionId }> {}

/** The account's email address has to be verified first. */
export class EmailNotVerified extends Data.TaggedError("EmailNotVerified") {}
