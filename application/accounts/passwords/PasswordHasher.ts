import { Context, type Effect } from "effect"
import type { Password, PasswordHash, SubmittedPassword } from "../../../domain/accounts/Password.ts"
import type { HashingTurn } from "./HashingTurn.ts"

/**
 * Hashes passwords. Hashing is slow on purpose and MUST NOT block the event loop. An adapter bounds how many wait and
 * serves them by their turn; if too many wait, those of the lowest priority die with `Unavailable`.
 */
export class PasswordHasher extends Context.Service<
  PasswordHasher,
  {
    /** A hash with a salt of its own, in PHC string format. The whole password counts. */
    readonly hash: (password: Password | SubmittedPassword, turn: HashingTurn) => Effect.Effect<PasswordHash>

    /**
     * Whether the password belongs to the hash. With no hash (an unknown user) it is false after the same time, so
     * that the time does not tell who has an account.
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
