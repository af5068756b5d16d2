/** The port that slows down guessing of passwords, and its limits. */
import { Context, type Effect } from "effect"
import type { TooManyAttempts } from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import type { HashingPriority } from "./HashingTurn.ts"

/** One login attempt: the email address, and the network address. The driver shortens an address that one caller can vary. */
export interface LoginAttempt {
  readonly email: EmailAddress
  readonly ip: string
}

/** The limits of failed logins, as documented in the API. */
export const loginLimits = {
  /**
   * The number of failures of one email address from one IP within the window that locks this pair. The lock lasts as
   * long as the window.
   */
  pairFailures: 5,
  pairWindowMillis: 15 * 60 * 1000,
  /**
   * The number of failures of one email address from all IPs within the window that locks it. IPs that have logged in
   * to it before are not locked.
   */
  emailFailures: 100,
  emailWindowMillis: 60 * 60 * 1000,
} as const

/**
 * Slows down guessing. An admitted attempt is pending until its outcome is recorded. Pending attempts count too, so
 * that many concurrent attempts cannot all pass before the first has failed.
 */
export class LoginThrottle extends Context.Service<
  LoginThrottle,
  {
    /**
     * Admits the attempt, or fails while the pair or the email address is locked. If the pending attempts would lock
     * the pair by failing, it waits for them, 5 seconds at most. The reason is that several concurrent logins with the
     * right password are no guesses.
     *
     * Returns the attempt's priority. It is `known` if the pair has logged in before or created the account. It is
     * `suspect` if the IP failed for any email address within the pair's window. Otherwise it is `fresh`.
     */
    readonly begin: (attempt: LoginAttempt) => Effect.Effect<HashingPriority, TooManyAttempts>

    /** Records a failure, which counts for the pair and for the email address. */
    readonly recordFailure: (attempt: LoginAttempt) => Effect.Effect<void>

    /** Records a success: deletes the pair's failures, and makes the IP known for this email address. */
    readonly recordSuccess: (attempt: LoginAttempt) => Effect.Effect<void>

    /**
     * Records that the pair created the account. Its logins are `known` from now on. A lock of the email address still
     * applies to it.
     */
    readonly open: (attempt: LoginAttempt) => Effect.Effect<void>

    /** Cancels an attempt without a result (the database was unavailable). It does not count. */
    readonly cancel: (attempt: LoginAttempt) => Effect.Effect<void>
  }
>()("taskwright/LoginThrottle") {}
