// Asks for a mail to an address, without telling whether the address has an account.
import { Effect } from "effect"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { EmailRequests, type RequestableKind } from "../../outbox/EmailRequests.ts"
import { IdGenerator } from "../../shared/IdGenerator.ts"
import { EmailRequestSignal } from "./HandleEmailRequests.ts"

/** No response comes sooner, in milliseconds: the load of handling the request stays out of its time. */
const floorMillis = 100

/**
 * Records the request and responds, whether there is an account or not. Its own handling comes afterwards: a lock on the
 * account, or other requests for it, delay the mail but not the response.
 */
export const requestEmail = Effect.fnUntraced(function* (email: EmailAddress, kind: RequestableKind) {
  const requests = yield* EmailRequests
  const ids = yield* IdGenerator
  const { wake } = yield* EmailRequestSignal
  const record = Effect.flatMap(ids.next, (id) => requests.add({ id, email, kind }))
  yield* Effect.all([Effect.andThen(record, wake), Effect.sleep(floorMillis)], { concurrency: 2 })
})
