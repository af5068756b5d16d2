/** The port that hashes and verifies passwords. */
import { Context, type Effect } from "effect"
import type { Password, PasswordHash, SubmittedPassword } from "../../../domain/accounts/Password.ts"
import type { HashingTurn } from "./HashingTurn.ts"

/**
 * Hashes passwords. Hashing is slow on purpose and MUST NOT block the event loop. An adapter limits how many callers
 * wait and serves them by their turn. If too many wait, those of the lowest priority die with `Unavailable`.
 */
export class PasswordHasher extends Context.Service<
  PasswordHasher,
  {
    /** Returns a hash with its own salt, in PHC string format. Every character of the password counts. */
    readonly hash: (password: Password | SubmittedPassword, turn: HashingTurn) => Effect.Effect<PasswordHash>

    /**
     * Whether the password matches the hash. With no hash (an unknown user) it returns false after the same time, so
     * that the time does not reveal which addresses have an account.
     */
    readonly verify: (
      password: SubmittedPassword,
      hash: PasswordHash | null,
      turn: HashingTurn,
    ) => Effect.Effect<boolean>

    /** Whether the hash was made with weaker parameters than today's. */
    readonly isWeak: (hash: PasswordHash) => boolean
  }
>()("taskwright/PasswordHasher") {}
