import { Deferred, Effect, Exit, Fiber } from "effect"
import { deliverEmails } from "../../application/mail/DeliverEmails.ts"

/** How often an empty outbox is looked at. */
const idleMillis = 500
/** How long an outbox that cannot be read is left alone at most: the pause doubles with every failure. */
const longestPauseMillis = 30_000
/** How long shutting down waits for mails that are being sent. */
const graceMillis = 10_000

/**
 * Delivers mails until the scope closes: pass after pass while there is something to do, else every half second. Any
 * number of processes may do so at once. Shutting down claims no more and waits up to 10 seconds for what is under way;
 * what is cut off then is sent again by whoever comes next.
 */
export const runOutbox = Effect.gen(function* () {
  const stop = yield* Deferred.make<void>()
  const worker = yield* Effect.forkScoped(deliverUntil(stop))
  yield* Effect.addFinalizer(() =>
    Deferred.succeed(stop, undefined).pipe(
      Effect.andThen(Effect.interruptible(Fiber.await(worker))),
      Effect.timeoutOrElse({
        duration: graceMillis,
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
    const pauseMillis = Math.min(idleMillis * 2 ** failures, longestPauseMillis)
    yield* Effect.timeoutOption(Deferred.await(stop), pauseMillis)
  }
})
