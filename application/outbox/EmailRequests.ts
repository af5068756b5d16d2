// Records that a mail was asked for with an address alone, before anything looks for the address's account.
import { Context, type Effect, type Option } from "effect"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"

/** What can be asked for with nothing but an email address. */
export const requestableKinds = ["VerifyEmail", "ResetPassword"] as const
export type RequestableKind = (typeof requestableKinds)[number]

/** A request for a mail. Whether the address has an account is not known yet. */
export interface EmailRequest {
  /** A UUID of version 7: requests are handled in the order of their ids. */
  readonly id: string
  readonly email: EmailAddress
  readonly kind: RequestableKind
}

/** How many requests may wait in all. */
export const waitingRequestsLimit = 10_000

/** The requests that wait to be handled: written before the response, handled by any process. */
export class EmailRequests extends Context.Service<
  EmailRequests,
  {
    /**
     * Keeps a request. It MUST take no lock that a request for another address, or the handling of any request, would
     * not take, so that its time tells nothing about the address. Dies with `Unavailable` while 10,000 wait.
     */
    readonly add: (request: EmailRequest) => Effect.Effect<void>

    /**
     * Removes and gives the first request after the given id (null: the first of all). To be called inside
     * `UnitOfWork.atomically`: if the unit fails, the request waits again. A request that another unit has taken MUST
     * be passed over.
     */
    readonly take: (afterId: string | null) => Effect.Effect<Option.Option<EmailRequest>>

    /** How many wait. */
    readonly waiting: Effect.Effect<number>
  }
>()("taskwright/EmailRequests") {}
