/** Registers users in tests and reads the tokens from the emails that they receive. */
import { Effect, Option } from "effect"
import { SentEmails } from "../../adapters/memory/MemoryEmailSender.ts"
import { LogIn } from "../../application/accounts/passwords/LogIn.ts"
import { Register, register } from "../../application/accounts/registration/Register.ts"
import { deliverEmails } from "../../application/mail/DeliverEmails.ts"
import type { Email } from "../../application/mail/EmailSender.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { read } from "./decoding.ts"
import { newEmail } from "./entities.ts"

export const rightPassword = "Correct horse 1"
export const wrongPassword = "Wrong horse 1"

/** Commands as a driver makes them, decoded from what a caller typed. */
export const registerCommand = (email: string = newEmail()): Register =>
  read(Register)({ email, password: rightPassword, fullName: "Ada Lovelace", ip: "192.0.2.1", device: null })

export const logInCommand = (email: string, password: string = rightPassword, ip = "192.0.2.1"): LogIn =>
  read(LogIn)({ email, password, ip, device: null })

/** Registers a user and returns the account with a session. */
export const registerUser = Effect.suspend(() => register(registerCommand()))

/** Delivers the emails in the outbox, and returns the tokens that were sent to the address, oldest first. */
export const mailedTokens = Effect.fnUntraced(function* (email: EmailAddress) {
  const { all } = yield* SentEmails
  while ((yield* deliverEmails) > 0) {}
  return tokensTo(email, yield* all)
})

/** The tokens in the emails that went to the address. */
export const tokensTo = (email: string, emails: ReadonlyArray<Email>): ReadonlyArray<string> =>
  emails.flatMap((each) => (each.to === email && "token" in each ? [each.token] : []))

/** Returns the token of the latest email to the address. */
export const lastMailedToken = (email: EmailAddress) =>
  Effect.map(mailedTokens(email), (tokens) => Option.getOrThrow(Option.fromNullishOr(tokens.at(-1))))
