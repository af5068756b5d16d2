import { Context, type Effect } from "effect"
import type { TooManyAttempts } from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import type { HashingPriority } from "./HashingTurn.ts"

/** One login: for which email address, from which network address (an IPv6 one by its /64). */
export interface LoginAttempt {
  readonly email: EmailAddress
  readonly ip: string
}

/** The limits of failed logins, as the contract states them. */
export const loginLimits = {
  /** Failures of one email address from one IP within the window that lock the pair, for as long as the window is. */
  pairFailures: 5,
  pairWindowMillis: 15 * 60 * 1000,
  /** Failures of one email address from anywhere within the window that lock it for IPs it never logged in from. */
  emailFailures: 100,
  emailWindowMillis: 60 * 60 * 1000,
} as const

/**
 * Slows down guessing. An attempt that was admitted is under way until it is said how it ended; those under way count
 * too, so that many at once cannot all pass before the first has failed.
 */
export class LoginThrottle extends Context.Service<
  LoginThrottle,
  {
    /**
     * Lets the attempt begin, or refuses it while the pair or the email address is locked. Where the attempts under way
     * would lock the pair if they failed, it waits for them, 5 seconds at most: several logins at once with the right
     * password are no guesses.
     *
     * Gives the attempt's priority: `known` if the pair has logged in before or opened the account, else `suspect` if the IP failed for any
     * email address within the pair's window, else `fresh`.
     */
    readonly begin: (attempt: LoginAttempt) => Effect.Effect<HashingPriority, TooManyAttempts>

    /** The attempt failed, and counts as a failure of the pair and of the email address. */
    readonly recordFailure: (attempt: LoginAttempt) => Effect.Effect<void>

    /** The attempt succeeded: the pair's failures are forgotten, and the IP is known for this email address. */
    readonly recordSuccess: (attempt: LoginAttempt) => Effect.Effect<void>

    /** The pair opened the account. Its logins are `known` from now on; the lockout of the email address holds for it. */
    readonly open: (attempt: LoginAttempt) => Effect.Effect<void>

    /** The attempt came to no result (the database was away): it does not count. */
    readonly cancel: (attempt: LoginAttempt) => Effect.Effect<void>
  }
>()("taskwright/LoginThrottle") {}
