import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { now } from "../shared/Now.ts"
import { type EmailKind, Outbox } from "./Outbox.ts"

/** How many mails of one kind a user can be made to get in any hour: whoever knows an address can ask for them. */
const emailsAnHour = 10
const hourMillis = 60 * 60 * 1000

/** Whether one more mail of the kind may be asked for: at most 10 in an hour, the one of the registration included. */
export const isWithinEmailQuota = Effect.fnUntraced(function* (userId: UserId, kind: EmailKind) {
  const outbox = yield* Outbox
  return (yield* outbox.countSince(userId, kind, plusMillis(yield* now, -hourMillis))) < emailsAnHour
})
