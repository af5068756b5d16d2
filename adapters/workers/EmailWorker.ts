/** The loop that delivers the outbox. */
import { Deferred, Effect, Exit, Fiber } from "effect"
import { deliverEmails } from "../../application/mail/DeliverEmails.ts"

/** The poll interval of an empty outbox. */
const pollIntervalMillis = 500
/** The maximum pause after the outbox could not be read: the pause doubles with every failure. */
const maxIntervalMillis = 30_000
/** The grace period at shutdown for emails that are being sent. */
const gracePeriodMillis = 10_000

/**
 * Delivers emails until the scope closes: without a pause while emails are due, else every half second. Any number of
 * processes may do so at once. At shutdown it claims no more emails and waits up to 10 seconds for those in progress.
 * An email that is cut off then is sent again by the next process.
 */
export const runOutbox = Effect.gen(function* () {
  const stop = yield* Deferred.make<void>()
  const worker = yield* Effect.forkScoped(deliverUntil(stop))
  yield* Effect.addFinalizer(() =>
    Deferred.succeed(stop, undefined).pipe(
      Effect.andThen(Effect.interruptible(Fiber.await(worker))),
      Effect.timeoutOrElse({
        duration: gracePeriodMillis,
        orElse: () => Effect.logWarning("There was no time left to send the mails under way; they are sent again."),
      }),
    ),
  )
})

const deliverUntil = Effect.fnUntraced(function* (stop: Deferred.Deferred<void>) {
  let failures = 0
  while (!Deferred.isDoneUnsafe(stop)) {
    const pass = yield* Effect.exit(deliverEmails)
    if (Exit.isSuccess(pass)) {
      if (failures > 0) yield* Effect.logInfo("The outbox can be read again.")
      failures = 0
      if (pass.value > 0) continue
    } else {
      if (failures === 0) yield* Effect.logWarning("The outbox cannot be read; trying again.", pass.cause)
      failures++
    }
    const intervalMillis = Math.min(pollIntervalMillis * 2 ** failures, maxIntervalMillis)
    yield* Effect.timeoutOption(Deferred.await(stop), intervalMillis)
  }
})
