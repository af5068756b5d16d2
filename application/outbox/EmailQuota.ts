/** The limit of emails that others can cause a user to receive. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { now } from "../shared/Now.ts"
import { type EmailKind, Outbox } from "./Outbox.ts"

/**
 * The maximum number of emails of one kind to a user in any hour. It is needed because any caller that knows an address
 * can request them.
 */
const emailsAnHour = 10
const hourMillis = 60 * 60 * 1000

/**
 * Whether one more email of the kind may be requested. At most 10 are allowed in an hour, including the one of the
 * registration.
 */
export const isWithinEmailQuota = Effect.fnUntraced(function* (userId: UserId, kind: EmailKind) {
  const outbox = yield* Outbox
  return (yield* outbox.countSince(userId, kind, plusMillis(yield* now, -hourMillis))) < emailsAnHour
})
