/** The type of a call to an instance, and the errors that any call can fail with. */
import type { Effect } from "effect"
import type * as Accounts from "../../../domain/accounts/AccountErrors.ts"
import type { CommandFailed, LoginRequired, RateLimited, ScopeMissing, Unreachable } from "../CliErrors.ts"

/** Errors that any call can fail with. */
export type BackendError = Unreachable | RateLimited | CommandFailed

/** Errors that any authenticated call can fail with. */
export type AuthenticatedError =
  | BackendError
  | Accounts.InvalidAccessToken
  | Accounts.EmailNotVerified
  | LoginRequired
  | ScopeMissing

/** A call of a signed-in user. */
export type Call<A, E = never> = Effect.Effect<A, E | AuthenticatedError>
