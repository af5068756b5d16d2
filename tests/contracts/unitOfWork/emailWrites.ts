/** The writes of outgoing emails and of requests for them. */
import { Effect } from "effect"
import { type EmailRequest, EmailRequests } from "../../../application/outbox/EmailRequests.ts"
import { type ClaimedEmail, Outbox, type OutgoingEmail } from "../../../application/outbox/Outbox.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { at, keepUser, newEmail, newTaskId } from "../../support/entities.ts"
import { type Methods, peek } from "./PreparedWrite.ts"

/** Adds an email that is due at the time. */
const addEmail = Effect.fnUntraced(function* (seconds: number) {
  const outbox = yield* Outbox
  const email = makeEmail(yield* keepUser, seconds)
  yield* outbox.add(email)
  return email
})
const makeEmail = (userId: UserId, seconds: number): OutgoingEmail => ({
  id: newTaskId(),
  userId,
  kind: "VerifyEmail",
  createdAt: at(seconds),
})

/** Claims all emails that are due at the time, for a minute. */
const claimDue = (seconds: number) =>
  Effect.flatMap(Outbox, ({ claim }) => claim({ at: at(seconds), until: at(seconds + 60), limit: 1000 }))

/** Prepares a write to an email that is claimed until `at(60)`. */
const claimedEmail = (write: (outbox: Outbox["Service"], email: ClaimedEmail) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const { id } = yield* addEmail(0)
    const claimed = (yield* claimDue(0)).find((email) => email.id === id)
    if (claimed === undefined) return yield* Effect.die("The fixture cannot claim its email")
    return { write: write(outbox, claimed), look: lookForEmail(id) }
  })

/** The email with the number of its claims, if it is due two minutes after the start. */
const lookForEmail = (id: string) =>
  Effect.map(peek(claimDue(120)), (emails) => emails.find((email) => email.id === id) ?? null)

export const outboxMethods: Methods<Outbox["Service"]> = {
  countSince: "read",
  counts: "read",
  oldestWaiting: "read",
  add: Effect.gen(function* () {
    const outbox = yield* Outbox
    const email = makeEmail(yield* keepUser, 0)
    return { write: outbox.add(email), look: lookForEmail(email.id) }
  }),
  // Due later than the emails that the other entries claim first.
  claim: Effect.map(addEmail(10), ({ id }) => ({ write: claimDue(10), look: lookForEmail(id) })),
  markSent: claimedEmail((outbox, email) => outbox.markSent(email, at(1))),
  postpone: claimedEmail((outbox, email) => outbox.postpone(email, at(3600), "no answer")),
  markDead: claimedEmail((outbox, email) => outbox.markDead(email, at(1), "no such mailbox")),
}

const makeRequest = (): EmailRequest => ({ id: newTaskId(), email: newEmail(), kind: "ResetPassword" })

export const emailRequests: Methods<EmailRequests["Service"]> = {
  waiting: "read",
  add: Effect.gen(function* () {
    const requests = yield* EmailRequests
    const [before, request] = [newTaskId(), makeRequest()]
    return { write: requests.add(request), look: peek(requests.take(before)) }
  }),
  take: Effect.gen(function* () {
    const requests = yield* EmailRequests
    const [before, request] = [newTaskId(), makeRequest()]
    yield* requests.add(request)
    return { write: requests.take(before), look: peek(requests.take(before)) }
  }),
}
