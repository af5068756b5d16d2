/** Requests an email to an address, without revealing whether the address has an account. */
import { Effect } from "effect"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { Uuid } from "../../../domain/shared/Uuid.ts"
import { EmailRequestSignal } from "../../outbox/EmailRequestSignal.ts"
import { EmailRequests, type RequestableKind } from "../../outbox/EmailRequests.ts"
import { IdGenerator } from "../../shared/IdGenerator.ts"

/** The minimum response time in milliseconds. It hides the load of handling the request. */
const floorMillis = 100

/**
 * Records the request and responds in the same way with or without an account. The request is handled afterwards: a
 * lock on the account, or other requests for it, delay the email but not the response.
 */
export const requestEmail = Effect.fnUntraced(function* (email: EmailAddress, kind: RequestableKind) {
  const requests = yield* EmailRequests
  const ids = yield* IdGenerator
  const { wake } = yield* EmailRequestSignal
  const record = Effect.flatMap(ids.next(Uuid), (id) => requests.add({ id, email, kind }))
  yield* Effect.all([Effect.andThen(record, wake), Effect.sleep(floorMillis)], { concurrency: 2 })
})
