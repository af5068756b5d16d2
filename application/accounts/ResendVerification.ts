import { Effect, Option, Schema } from "effect"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { mayAskForEmail } from "../mail/MayAskForEmail.ts"
import { queueEmail } from "../mail/QueueEmail.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { EmailVerificationRepository } from "./EmailVerificationRepository.ts"

/** No answer comes sooner, so that the time does not tell whether there was something to do. */
const floorMillis = 100

export const ResendVerification = Schema.Struct({ email: EmailAddress })
export interface ResendVerification extends Schema.Schema.Type<typeof ResendVerification> {}

/**
 * Mails a new verification token, and ends the older one at once, if there is an account with that address whose
 * verification is open, at most 10 times an hour. Who asks cannot tell whether there is: neither by the answer nor by
 * its time.
 */
export const resendVerification = Effect.fn("resendVerification")(function* (command: ResendVerification) {
  yield* Effect.all([resendIfOpen(command), Effect.sleep(floorMillis)], { concurrency: 2, discard: true })
})

const resendIfOpen = Effect.fnUntraced(function* (command: ResendVerification) {
  const accounts = yield* AccountRepository
  const verifications = yield* EmailVerificationRepository
  const { atomically } = yield* UnitOfWork
  const found = Option.getOrNull(yield* accounts.findByEmail(command.email))
  if (found === null || found.isActive) return
  yield* atomically(
    Effect.gen(function* () {
      // Held, so that many who ask at once are counted one after the other.
      const account = yield* accounts.getForUpdate(found.id)
      if (account.isActive || !(yield* mayAskForEmail(account.id, "VerifyEmail"))) return
      yield* verifications.remove(account.id)
      yield* queueEmail(account.id, "VerifyEmail")
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.void))
})
