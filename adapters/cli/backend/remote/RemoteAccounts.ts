/** The calls that care for accounts, sent to a server. */
import { Effect } from "effect"
import {
  InvalidCredentials,
  InvalidResetToken,
  InvalidVerificationToken,
  TooManyAttempts,
} from "../../../../domain/accounts/AccountErrors.ts"
import type { Client } from "../../../http/client/TaskwrightClient.ts"
import { CommandFailed } from "../../CliErrors.ts"
import type { AccountCalls, GuestAccountCalls } from "../AccountCalls.ts"
import type { AuthenticatedError, BackendError } from "../Call.ts"
import type { withAccessToken } from "./AccessTokenContext.ts"
import { toProfile } from "./FromResources.ts"
import type { makeMapProblems } from "./MapProblems.ts"

type MapProblems = ReturnType<typeof makeMapProblems>

/** The maximum time that a login is locked (`LoginThrottle.ts`), used if the server does not say. */
const lockMillis = 15 * 60 * 1000

/** The problems of calls that verify a password. */
export const ofCredentials = {
  invalid_credentials: () => new InvalidCredentials(),
  too_many_attempts: ({ retry_after_seconds: seconds }: { readonly retry_after_seconds: number | null }) =>
    new TooManyAttempts({ retryAfterMillis: seconds === null ? lockMillis : seconds * 1000 }),
}

/** For calls that present no token: the server cannot reject one. */
export const asGuest = <A, E>(
  call: Effect.Effect<A, E | AuthenticatedError>,
): Effect.Effect<A, Exclude<E, AuthenticatedError> | BackendError> =>
  Effect.mapError(call, (error) => {
    const tag = (error as { readonly _tag: string })._tag
    return ["InvalidAccessToken", "EmailNotVerified", "LoginRequired", "ScopeMissing"].includes(tag)
      ? new CommandFailed({ message: "The server refuses this call." })
      : (error as Exclude<E, AuthenticatedError> | BackendError)
  })

/** Builds the calls of a signed-in user. */
export const makeRemoteAccount = (
  { auth, users }: Client,
  mapProblems: MapProblems,
  authorized: ReturnType<typeof withAccessToken>,
): AccountCalls => ({
  profile: Effect.map(mapProblems(authorized(users.getMe()), {}), ({ user }) => toProfile(user)),
  rename: (full_name) =>
    Effect.map(mapProblems(authorized(users.updateMe({ payload: { full_name } })), {}), ({ user }) => toProfile(user)),
  changePassword: ({ currentPassword, newPassword }) =>
    Effect.asVoid(
      mapProblems(
        authorized(auth.changePassword({ payload: { current_password: currentPassword, new_password: newPassword } })),
        ofCredentials,
      ),
    ),
  deleteAccount: (password) =>
    Effect.asVoid(mapProblems(authorized(users.deleteAccount({ payload: { password } })), ofCredentials)),
})

/** Builds the calls that need no session. */
export const makeRemoteGuest = ({ auth }: Client, mapProblems: MapProblems): GuestAccountCalls => ({
  verifyEmail: (token) =>
    mapProblems(auth.verifyEmail({ payload: { token } }), {
      invalid_verification_token: () => new InvalidVerificationToken(),
    }).pipe(
      asGuest,
      Effect.map(({ user }) => toProfile(user)),
    ),
  resendVerification: (email) =>
    asGuest(Effect.asVoid(mapProblems(auth.resendVerification({ payload: { email } }), {}))),
  requestPasswordReset: (email) => asGuest(Effect.asVoid(mapProblems(auth.forgotPassword({ payload: { email } }), {}))),
  resetPassword: (reset) =>
    mapProblems(auth.resetPassword({ payload: reset }), {
      invalid_reset_token: () => new InvalidResetToken(),
    }).pipe(asGuest, Effect.asVoid),
})
