import { Cause, Effect, Result, Schedule } from "effect"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { handleEmailRequests } from "../accounts/email/HandleEmailRequests.ts"
import { type ClaimedEmail, Outbox } from "../outbox/Outbox.ts"
import { now } from "../shared/Now.ts"
import { Unavailable } from "../shared/Unavailable.ts"
import { composeEmail } from "./ComposeEmail.ts"
import { EmailNotSent, EmailSender } from "./EmailSender.ts"

const emailsPerPass = 10
const sendsAtOnce = 5

/** How long wording and sending one mail may take: 30 seconds are the sender's. */
const deliveryLimitMillis = 45_000
/** How long a pass has its mails for itself: it begins none that could not end before somebody else may take it. */
const leaseMillis = 2 * 60 * 1000

/** How long the store may take to answer: one that goes silent must not keep this process from ever looking again. */
const storeLimitMillis = 15_000

const firstPauseMillis = 1_000
const longestPauseMillis = 30 * 60 * 1000
/** With the pauses above they take about 20 hours. */
const maximumAttempts = 50
const maximumReasonLength = 500

/** What became of a mail is noted again 200 ms, 400 ms, 800 ms and 1.6 s later: else one that was sent goes out twice. */
const noteRetries = Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 4 }))

/**
 * One pass over the outbox: takes up to 10 mails that are due, sends them to 5 users at once, and notes what became of
 * each. One that was not sent is due again after a pause of 1 second, which doubles each time up to 30 minutes; after a
 * final refusal or 50 attempts it is given up. Requests for mails that wait are handled first. Gives how many it took of both.
 */
export const deliverEmails = Effect.gen(function* () {
  const outbox = yield* Outbox
  const handled = yield* handleEmailRequests
  const at = yield* now
  const until = plusMillis(at, leaseMillis)
  const emails = yield* bounded(outbox.claim({ at, until, limit: emailsPerPass }))
  // Those of one user one after the other: else the mail that arrives last need not be the one whose token works.
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
      Effect.die(new Unavailable({ dependency: `no answer in ${storeLimitMillis} ms`, retryAfterSeconds: 1 })),
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
    // What broke here is one mail's trouble; that one is due again when the lease is over.
    Effect.catchDefect(delivery, (defect) =>
      Effect.logWarning("A mail could not be delivered; trying again.", Cause.die(defect)),
    ).pipe(Effect.annotateLogs({ mail_id: id, kind })),
)

const send = Effect.fnUntraced(function* (outgoing: ClaimedEmail) {
  const sender = yield* EmailSender
  const email = yield* composeEmail(outgoing)
  if (email === null) return
  // With another token it is another message: a mailbox that drops what it has seen must not drop the one that works.
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
  const pauseMillis = Math.min(firstPauseMillis * 2 ** (attempts - 1), longestPauseMillis)
  yield* bounded(outbox.postpone(email, plusMillis(at, pauseMillis), reason))
  yield* Effect.logWarning("A mail could not be sent; trying again.").pipe(Effect.annotateLogs({ reason, attempts }))
})
