import type { FullName } from "../../domain/accounts/UserAccount.ts"
import type { Email } from "./EmailSender.ts"

/** A name (empty for none) and an address. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** Whom the mail goes to. */
export const recipientOf = ({ fullName, to }: Email): Mailbox => ({ name: nameForEmail(fullName) ?? "", address: to })

/** The Message-ID (RFC 5322) of a mail with that id. */
export const messageIdOf = (id: string, from: Mailbox): string =>
  `<${id}@${from.address.slice(from.address.lastIndexOf("@") + 1)}>`

/**
 * The name as a mail may show it, in one line; none where it could carry a message. Anybody can sign up with another's
 * address, so a name that holds a link would turn our mail into theirs.
 */
export const nameForEmail = (fullName: FullName): string | null => {
  const line = fullName.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, " ").trim()
  return line === "" || /[/@:]|[\p{L}\p{N}]\.[\p{L}\p{N}]{2,}/u.test(line) ? null : line
}
