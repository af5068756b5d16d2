import { Effect, Option, Schema } from "effect"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { Email, EmailSender } from "../shared/EmailSender.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { askForVerification } from "./AskForVerification.ts"

/** No answer comes sooner, so that the time does not tell whether there was something to do. */
const floorMillis = 100

export const ResendVerification = Schema.Struct({ email: EmailAddress })
export interface ResendVerification extends Schema.Schema.Type<typeof ResendVerification> {}

/**
 * Mails a new verification token, and ends the older one, if there is an account with that address whose verification
 * is open. Who asks cannot tell whether there is: neither by the answer nor by its time.
 */
export const resendVerification = Effect.fn("resendVerification")(function* (command: ResendVerification) {
  yield* Effect.all([resendIfOpen(command), Effect.sleep(floorMillis)], { concurrency: 2, discard: true })
})

const resendIfOpen = Effect.fnUntraced(function* (command: ResendVerification) {
  const accounts = yield* AccountRepository
  const mail = yield* EmailSender
  const account = Option.getOrNull(yield* accounts.findByEmail(command.email))
  if (account === null || account.isActive) return
  const token = yield* askForVerification(account)
  yield* mail.send(Email.VerifyEmail({ to: account.email, fullName: account.fullName, token }))
})
