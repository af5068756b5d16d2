/** The calls that care for an account: its name, its password and its email address. */
import type { Effect } from "effect"
import type * as Accounts from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import type { Password, SubmittedPassword } from "../../../domain/accounts/Password.ts"
import type { Profile } from "../../../domain/accounts/Profile.ts"
import type { FullName } from "../../../domain/accounts/UserAccount.ts"
import type { BackendError, Call } from "./Call.ts"

/** Why a password is not accepted. */
type PasswordError = Accounts.InvalidCredentials | Accounts.TooManyAttempts

/** The calls of a signed-in user. */
export interface AccountCalls {
  readonly profile: Call<Profile>
  readonly rename: (fullName: FullName) => Call<Profile>
  /** Changes the password, and revokes all other sessions. */
  readonly changePassword: (passwords: {
    readonly currentPassword: SubmittedPassword
    readonly newPassword: Password
  }) => Call<void, PasswordError | Accounts.CommonPassword>
  /** Deletes the account and everything that belongs to it, for good. */
  readonly deleteAccount: (password: SubmittedPassword) => Call<void, PasswordError>
}

/** The calls that need no session. None of them tells whether an address has an account. */
export interface GuestAccountCalls {
  readonly verifyEmail: (token: string) => Effect.Effect<Profile, Accounts.InvalidVerificationToken | BackendError>
  /** Requests another email with a token that verifies the address. */
  readonly resendVerification: (email: EmailAddress) => Effect.Effect<void, BackendError>
  /** Requests an email with a token that resets the password. */
  readonly requestPasswordReset: (email: EmailAddress) => Effect.Effect<void, BackendError>
  /** Sets a new password with the token, and revokes all sessions. */
  readonly resetPassword: (reset: {
    readonly token: string
    readonly password: Password
  }) => Effect.Effect<void, Accounts.InvalidResetToken | Accounts.CommonPassword | BackendError>
}
