/** The headers that all email senders share. */
import type { Email } from "../../application/mail/EmailSender.ts"
import { nameForEmail } from "./NameInEmail.ts"

/** A name (empty for none) and an address. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** Returns the recipient of the email. */
export const recipientOf = ({ fullName, to }: Email): Mailbox => ({ name: nameForEmail(fullName) ?? "", address: to })

/** Returns the Message-ID (RFC 5322) of an email with that id. */
export const messageIdOf = (id: string, from: Mailbox): string =>
  `<${id}@${from.address.slice(from.address.lastIndexOf("@") + 1)}>`
