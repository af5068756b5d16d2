/** Queues an email from within a use case. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { Uuid } from "../../domain/shared/Uuid.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { type EmailKind, Outbox } from "./Outbox.ts"

/** Adds an email to the user to the outbox. MUST be called in the unit of work of its cause. */
export const queueEmail = Effect.fnUntraced(function* (userId: UserId, kind: EmailKind) {
  const outbox = yield* Outbox
  const ids = yield* IdGenerator
  yield* outbox.add({ id: yield* ids.next(Uuid), userId, kind, createdAt: yield* now })
})
