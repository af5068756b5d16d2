/** The port that stores requests for an email, made with an email address alone, before its account is looked up. */
import { Context, type Effect, type Option } from "effect"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"

/** The kinds of email that can be requested with an email address alone. */
export const requestableKinds = ["VerifyEmail", "ResetPassword"] as const
export type RequestableKind = (typeof requestableKinds)[number]

/** A request for an email. Whether the address has an account is not known yet. */
export interface EmailRequest {
  /** A UUID of version 7. Requests are handled in the order of their ids. */
  readonly id: string
  readonly email: EmailAddress
  readonly kind: RequestableKind
}

/** The maximum number of waiting requests in total. */
export const waitingRequestsLimit = 10_000

/** The queue of waiting requests. A request is stored before the response, and any process may handle it. */
export class EmailRequests extends Context.Service<
  EmailRequests,
  {
    /**
     * Stores a request. Its time MUST NOT reveal anything about the address. It MUST NOT take a lock that a request for
     * another address, or the handling of any request, would not take. Dies with `Unavailable` while 10,000 requests
     * are waiting.
     */
    readonly add: (request: EmailRequest) => Effect.Effect<void>

    /**
     * Removes and returns the first request after the given id (null: the first of all). MUST be called inside
     * `UnitOfWork.atomically`: if the unit fails, the request waits again. The adapter MUST skip a request that another
     * unit has claimed.
     */
    readonly take: (afterId: string | null) => Effect.Effect<Option.Option<EmailRequest>>

    /** The number of waiting requests. */
    readonly waiting: Effect.Effect<number>
  }
>()("taskwright/EmailRequests") {}
