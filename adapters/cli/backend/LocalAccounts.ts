/** Runs the use cases that care for accounts. */
import { Effect } from "effect"
import { resendVerification } from "../../../application/accounts/email/ResendVerification.ts"
import { verifyEmail } from "../../../application/accounts/email/VerifyEmail.ts"
import { getAccount } from "../../../application/accounts/GetAccount.ts"
import { changePassword } from "../../../application/accounts/passwords/ChangePassword.ts"
import { requestPasswordReset } from "../../../application/accounts/passwords/RequestPasswordReset.ts"
import { resetPassword } from "../../../application/accounts/passwords/ResetPassword.ts"
import { renameAccount } from "../../../application/accounts/RenameAccount.ts"
import { deleteAccount } from "../../../application/accounts/registration/DeleteAccount.ts"
import type { Ports } from "../../../application/Ports.ts"
import type { SessionIdentity } from "../../../domain/accounts/Identity.ts"
import { profileOf } from "../../../domain/accounts/Profile.ts"
import { Device } from "../../../domain/accounts/Session.ts"
import type { Unreachable } from "../CliErrors.ts"
import type { AccountCalls, GuestAccountCalls } from "./AccountCalls.ts"
import type { Call } from "./Call.ts"
import { failIfDeleted } from "./LocalErrors.ts"

/** How use cases see the caller. Failed logins count for this process as if they came from one address. */
export const localCaller = { ip: "local", device: Device.make("Taskwright CLI") }

/** Builds the calls of a signed-in user. `onAccount` runs a use case as that user. */
export const makeLocalAccount = (
  onAccount: <A, E>(use: (identity: SessionIdentity) => Effect.Effect<A, E, Ports>) => Call<A, E>,
): AccountCalls => ({
  profile: onAccount(({ userId }) => failIfDeleted(getAccount({ userId }))),
  rename: (fullName) =>
    onAccount(({ userId }) => Effect.map(failIfDeleted(renameAccount({ userId, fullName })), profileOf)),
  changePassword: (passwords) =>
    onAccount(({ sessionId, userId }) =>
      failIfDeleted(changePassword({ ...passwords, userId, sessionId, ip: localCaller.ip })),
    ),
  deleteAccount: (password) =>
    onAccount(({ userId }) => failIfDeleted(deleteAccount({ userId, password, ip: localCaller.ip }))),
})

/** Builds the calls that need no session. */
export const makeLocalGuest = (
  run: <A, E>(effect: Effect.Effect<A, E, Ports>) => Effect.Effect<A, E | Unreachable>,
): GuestAccountCalls => ({
  verifyEmail: (token) => run(Effect.map(verifyEmail({ token }), profileOf)),
  resendVerification: (email) => run(resendVerification({ email })),
  requestPasswordReset: (email) => run(requestPasswordReset({ email })),
  resetPassword: (reset) => run(resetPassword(reset)),
})
