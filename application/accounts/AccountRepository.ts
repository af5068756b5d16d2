import { Context, type Effect, type Option } from "effect"
import type { AccountNotFound, EmailTaken } from "../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"

/** Keeps accounts. */
export class AccountRepository extends Context.Service<
  AccountRepository,
  {
    /**
     * Keeps a new account. Of any number at once with one email address exactly one MUST be kept; the others get
     * `EmailTaken`. Its id MUST be new.
     */
    readonly insert: (account: UserAccount) => Effect.Effect<void, EmailTaken>

    readonly get: (userId: UserId) => Effect.Effect<UserAccount, AccountNotFound>

    /** As `get`; inside `UnitOfWork.atomically` nobody else can change the account until the unit ends. */
    readonly getForUpdate: (userId: UserId) => Effect.Effect<UserAccount, AccountNotFound>

    /** The account with that email address, which is how a login finds it. */
    readonly findByEmail: (email: EmailAddress) => Effect.Effect<Option.Option<UserAccount>>

    /** Puts the account in the place of the one with its id, all but the email address, which cannot change. */
    readonly update: (account: UserAccount) => Effect.Effect<void, AccountNotFound>

    /**
     * Removes the account and everything that is the user's, and gives the sessions that there were. They count as
     * ended now, by the clock of `SessionRepository.time`: `endedSince` tells them though nothing else is left of them.
     */
    readonly delete: (userId: UserId) => Effect.Effect<ReadonlyArray<SessionId>, AccountNotFound>
  }
>()("taskwright/AccountRepository") {}
