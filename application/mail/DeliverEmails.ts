/** The use case that sends the emails of the outbox: one pass, with leases and retries. */
import { Cause, Effect, Result, Schedule } from "effect"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { type ClaimedEmail, Outbox } from "../outbox/Outbox.ts"
import { now } from "../shared/Now.ts"
import { Unavailable } from "../shared/Unavailable.ts"
import { composeEmail } from "./ComposeEmail.ts"
import { EmailNotSent, EmailSender } from "./EmailSender.ts"
import { handleEmailRequests } from "./HandleEmailRequests.ts"

const emailsPerPass = 10
const sendsAtOnce = 5

/** The timeout for composing and sending one email. The sender may take 30 seconds of it. */
const deliveryLimitMillis = 45_000
/**
 * The lease of a pass on its emails. It starts no delivery that could outlast the lease, after which another process
 * may claim the email.
 */
const leaseMillis = 2 * 60 * 1000

/** The timeout for the store, so that a stalled store cannot block all later passes of this process. */
const storeLimitMillis = 15_000

const initialBackoffMillis = 1_000
const maxBackoffMillis = 30 * 60 * 1000
/** With these intervals, all attempts take about 20 hours. */
const maximumAttempts = 50
const maximumReasonLength = 500

/**
 * Retries recording the outcome after 200 ms, 400 ms, 800 ms and 1.6 s, because an unrecorded success would be sent
 * twice.
 */
const noteRetries = Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 4 }))

/**
 * Runs one pass over the outbox: claims up to 10 due emails, sends to 5 users at once, and records each outcome. After
 * a failed attempt the email is due again after a pause of 1 second, which doubles each time up to 30 minutes. After a
 * permanent error or 50 attempts it becomes a dead letter. Waiting email requests are handled first. Returns the number
 * of requests and emails that it processed.
 */
export const deliverEmails = Effect.gen(function* () {
  const outbox = yield* Outbox
  const handled = yield* handleEmailRequests
  const at = yield* now
  const until = plusMillis(at, leaseMillis)
  const emails = yield* bounded(outbox.claim({ at, until, limit: emailsPerPass }))
  // Sends one user's emails in order, so the last one to arrive carries the valid token.
  yield* Effect.forEach(
    Map.groupBy(emails, ({ userId }) => userId).values(),
    (ofUser) => Effect.forEach(ofUser, (email) => deliver(email, until), { discard: true }),
    { concurrency: sendsAtOnce, discard: true },
  )
  return handled + emails.length
})

const bounded = <A>(stored: Effect.Effect<A>): Effect.Effect<A> =>
  Effect.timeoutOrElse(stored, {
    duration: storeLimitMillis,
    orElse: () =>
      Effect.die(new Unavailable({ dependency: `no answer in ${storeLimitMillis} ms`, retryAfterMillis: 1_000 })),
  })

const deliver = Effect.fn("deliverEmail")(
  function* (email: ClaimedEmail, until: Timestamp) {
    if (plusMillis(yield* now, deliveryLimitMillis) > until) return
    const outcome = yield* Effect.result(
      Effect.timeoutOrElse(send(email), {
        duration: deliveryLimitMillis,
        orElse: () =>
          Effect.fail(new EmailNotSent({ reason: `not sent in ${deliveryLimitMillis} ms`, isFinal: false })),
      }),
    )
    yield* note(email, outcome).pipe(Effect.sandbox, Effect.retry(noteRetries), Effect.catch(Effect.failCause))
  },
  (delivery, { id, kind }) =>
    // A defect concerns this email alone. It is due again when the lease expires.
    Effect.catchDefect(delivery, (defect) =>
      Effect.logWarning("A mail could not be delivered; trying again.", Cause.die(defect)),
    ).pipe(Effect.annotateLogs({ mail_id: id, kind })),
)

const send = Effect.fnUntraced(function* (outgoing: ClaimedEmail) {
  const sender = yield* EmailSender
  const email = yield* composeEmail(outgoing)
  if (email === null) return
  // A new token makes it a different email, so it needs its own id. Otherwise a mailbox that drops duplicates would
  // drop the valid token.
  const isNewEachTime = "token" in email && outgoing.attempts > 1
  yield* sender.send(email, isNewEachTime ? `${outgoing.id}.${outgoing.attempts}` : outgoing.id)
})

const note = Effect.fnUntraced(function* (email: ClaimedEmail, outcome: Result.Result<void, EmailNotSent>) {
  const outbox = yield* Outbox
  const at = yield* now
  if (Result.isSuccess(outcome)) {
    yield* bounded(outbox.markSent(email, at))
    return yield* Effect.logDebug("A mail was sent.")
  }
  const { attempts } = email
  const { isFinal } = outcome.failure
  const reason = outcome.failure.reason.slice(0, maximumReasonLength)
  if (isFinal || attempts >= maximumAttempts) {
    yield* bounded(outbox.markDead(email, at, reason))
    return yield* Effect.logError("A mail is given up.").pipe(Effect.annotateLogs({ reason, attempts }))
  }
  const backoffMillis = Math.min(initialBackoffMillis * 2 ** (attempts - 1), maxBackoffMillis)
  yield* bounded(outbox.postpone(email, plusMillis(at, backoffMillis), reason))
  yield* Effect.logWarning("A mail could not be sent; trying again.").pipe(Effect.annotateLogs({ reason, attempts }))
})
