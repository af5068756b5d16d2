import { Context, type Effect } from "effect"
import type { OfferedPassword, Password, PasswordHash } from "../../domain/accounts/Password.ts"

/**
 * Hashes passwords. Hashing is slow on purpose and MUST NOT block the event loop; an adapter bounds how many wait for
 * it, and dies with `Unavailable` where too many do.
 */
export class PasswordHasher extends Context.Service<
  PasswordHasher,
  {
    /** A hash with a salt of its own, in PHC string format. The whole password counts. */
    readonly hash: (password: Password | OfferedPassword) => Effect.Effect<PasswordHash>

    /**
     * Whether the password belongs to the hash. With no hash (an unknown user) it is false after the same time, so
     * that the time does not tell who has an account.
     */
    readonly verify: (password: OfferedPassword, hash: PasswordHash | null) => Effect.Effect<boolean>

    /** Whether the hash was made with weaker parameters than today's. */
    readonly isWeak: (hash: PasswordHash) => boolean
  }
>()("taskwright/PasswordHasher") {}
