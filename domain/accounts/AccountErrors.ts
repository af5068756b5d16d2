/** The errors that registering, logging in and changing an account can fail with. */
import { Data } from "effect"
import type { EmailAddress } from "./EmailAddress.ts"
import type { SessionId } from "./SessionId.ts"
import type { UserId } from "./UserId.ts"

/** The account does not exist. */
export class AccountNotFound extends Data.TaggedError("AccountNotFound")<{ readonly userId: UserId }> {}

/** An operator disabled the account. */
export class AccountDisabled extends Data.TaggedError("AccountDisabled")<{ readonly userId: UserId }> {}

/** The owner of the list has no email address and no password yet. */
export class OwnerUnclaimed extends Data.TaggedError("OwnerUnclaimed")<{ readonly userId: UserId }> {}

/** The store has no owner without an address, or others have accounts beside that one. */
export class NoOwner extends Data.TaggedError("NoOwner") {}

/** Another account has this email address. */
export class EmailTaken extends Data.TaggedError("EmailTaken")<{ readonly email: EmailAddress }> {}

/** The email address is unknown, the password is wrong or the account is disabled, deliberately not saying which. */
export class InvalidCredentials extends Data.TaggedError("InvalidCredentials") {}

/** The new password is among the most used. `field` is its name in the command. */
export class CommonPassword extends Data.TaggedError("CommonPassword")<{
  readonly field: "password" | "newPassword"
}> {}

/** Logging in is locked after too many failures, until `retryAfterMillis` have passed. */
export class TooManyAttempts extends Data.TaggedError("TooManyAttempts")<{ readonly retryAfterMillis: number }> {}

/** The refresh token is unknown, expired or replaced, or its session was revoked. */
export class InvalidRefreshToken extends Data.TaggedError("InvalidRefreshToken") {}

/** The access token is malformed, expired, not issued by this service, or its session was revoked. */
export class InvalidAccessToken extends Data.TaggedError("InvalidAccessToken") {}

/** The verification token is unknown, used or expired. */
export class InvalidVerificationToken extends Data.TaggedError("InvalidVerificationToken") {}

/** The reset token is unknown, used or expired. */
export class InvalidResetToken extends Data.TaggedError("InvalidResetToken") {}

/** The user has no such session, or it was revoked. */
export class SessionNotFound extends Data.TaggedError("SessionNotFound")<{ readonly sessionId: SessionId }> {}

/** The account's email address must be verified first. */
export class EmailNotVerified extends Data.TaggedError("EmailNotVerified") {}
