/**
 * Handles the email requests that were made with an address alone. It runs apart from the HTTP requests that made them.
 */
import { Cause, Effect, Exit, Layer, Option, Queue } from "effect"
import type { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { AccountRepository } from "../accounts/AccountRepository.ts"
import { EmailVerificationRepository } from "../accounts/email/EmailVerificationRepository.ts"
import { PasswordResetRepository } from "../accounts/passwords/PasswordResetRepository.ts"
import { isWithinEmailQuota } from "../outbox/EmailQuota.ts"
import { EmailRequestSignal } from "../outbox/EmailRequestSignal.ts"
import { EmailRequests, type RequestableKind } from "../outbox/EmailRequests.ts"
import { queueEmail } from "../outbox/QueueEmail.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"

/** The maximum number of requests that one pass handles. */
const requestsPerPass = 100

/** Whether the account should get an email of this kind. */
const isEligible = ({ disabledAt, isEmailVerified }: UserAccount, kind: RequestableKind): boolean =>
  disabledAt === null && (kind === "ResetPassword" || !isEmailVerified)

/** Revokes the tokens of older emails of this kind. */
const revokePrevious = Effect.fnUntraced(function* (userId: UserId, kind: RequestableKind) {
  const { remove } = kind === "ResetPassword" ? yield* PasswordResetRepository : yield* EmailVerificationRepository
  yield* remove(userId)
})

/**
 * Handles the first request after the id in a unit of work of its own, and passes the request's id to `note`. Returns
 * false if there is none.
 */
const handleNext = Effect.fnUntraced(function* (afterId: string | null, note: (id: string) => void) {
  const requests = yield* EmailRequests
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  return yield* atomically(
    Effect.gen(function* () {
      const request = Option.getOrNull(yield* requests.take(afterId))
      if (request === null) return false
      note(request.id)
      const found = Option.getOrNull(yield* accounts.findByEmail(request.email))
      if (found === null || !isEligible(found, request.kind)) return true
      // The account is locked, so that concurrent requests are counted one after the other.
      const account = Option.getOrNull(
        yield* accounts.getForUpdate(found.id).pipe(
          Effect.catchTag("AccountNotFound", () => Effect.succeed(null)),
          Effect.map(Option.fromNullishOr),
        ),
      )
      if (account === null || !isEligible(account, request.kind)) return true
      if (!(yield* isWithinEmailQuota(account.id, request.kind))) return true
      yield* revokePrevious(account.id, request.kind)
      yield* queueEmail(account.id, request.kind)
      return true
    }),
  )
})

const logFailure = (cause: Cause.Cause<never>) =>
  Effect.logWarning("A request for a mail could not be handled; trying again.", cause)

/**
 * Runs one pass over up to 100 waiting requests. Queues an email to each requested account, at most 10 an hour of each
 * kind. A request that fails waits for another pass and does not delay the others. Fails if the store itself does.
 * Returns the number of handled requests.
 */
export const handleEmailRequests = Effect.gen(function* () {
  let lastId: string | null = null
  let handled = 0
  for (let count = 0; count < requestsPerPass; count++) {
    const previousId: string | null = lastId
    const exit: Exit.Exit<boolean> = yield* Effect.exit(
      handleNext(previousId, (id) => {
        lastId = id
      }),
    )
    if (Exit.isFailure(exit)) {
      // If no request was claimed, the store itself failed.
      if (lastId === previousId || Cause.hasInterrupts(exit.cause)) return yield* Effect.failCause(exit.cause)
      yield* logFailure(exit.cause)
      continue
    }
    if (!exit.value) return handled
    handled += 1
  }
  return handled
})

/**
 * Handles requests as soon as they are stored, one after the other, until the scope closes. Those of a failed pass wait
 * for the next delivery of emails.
 */
export const runEmailRequests = Layer.effect(
  EmailRequestSignal,
  Effect.gen(function* () {
    const signals = yield* Queue.sliding<void>(1)
    const handle = Effect.catchCause(handleEmailRequests, logFailure)
    yield* Queue.take(signals).pipe(Effect.andThen(handle), Effect.forever, Effect.forkScoped)
    return { wake: Effect.asVoid(Queue.offer(signals, undefined)) }
  }),
)
