/** The port that stores accounts. */
import { Context, type Effect, type Option } from "effect"
import type { AccountNotFound, EmailTaken } from "../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"

/** Stores the accounts of all users. */
export class AccountRepository extends Context.Service<
  AccountRepository,
  {
    /**
     * Stores a new account. Its id MUST be new. Of concurrent inserts with the same email address, exactly one MUST
     * succeed; the others fail with `EmailTaken`.
     */
    readonly insert: (account: UserAccount) => Effect.Effect<void, EmailTaken>

    readonly get: (userId: UserId) => Effect.Effect<UserAccount, AccountNotFound>

    /** Like `get`; inside `UnitOfWork.atomically` it also locks the account until the unit ends. */
    readonly getForUpdate: (userId: UserId) => Effect.Effect<UserAccount, AccountNotFound>

    /** Returns the account with the email address, for logins. */
    readonly findByEmail: (email: EmailAddress) => Effect.Effect<Option.Option<UserAccount>>

    /**
     * Returns the accounts after that id in ascending order of their ids, `limit` of them at most. The list begins with
     * the first account if `after` is null. It MUST NOT skip an account that exists all the time.
     */
    readonly list: (after: UserId | null, limit: number) => Effect.Effect<ReadonlyArray<UserAccount>>

    /** Replaces the account with the same id, except for the email address. */
    readonly update: (account: UserAccount) => Effect.Effect<void, AccountNotFound>

    /**
     * Like `update`, but replaces the email address too. The former one is free then. Of concurrent callers that insert or
     * update an account with the same email address, exactly one MUST succeed; the others fail with `EmailTaken`.
     */
    readonly updateWithEmail: (account: UserAccount) => Effect.Effect<void, AccountNotFound | EmailTaken>

    /**
     * Deletes the account and everything that belongs to the user, and returns the ids of all its sessions. They count
     * as revoked now, by the clock of `SessionRepository.time`. `revokedSince` returns them although nothing else remains
     * of them.
     */
    readonly delete: (userId: UserId) => Effect.Effect<ReadonlyArray<SessionId>, AccountNotFound>
  }
>()("taskwright/AccountRepository") {}
