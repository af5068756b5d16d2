import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { type EmailKind, Outbox } from "./Outbox.ts"

/** Puts a mail to the user into the outbox: to be called in the unit of work of what causes it. */
export const queueEmail = Effect.fnUntraced(function* (userId: UserId, kind: EmailKind) {
  const outbox = yield* Outbox
  const ids = yield* IdGenerator
  yield* outbox.add({ id: yield* ids.next, userId, kind, createdAt: yield* now })
})
