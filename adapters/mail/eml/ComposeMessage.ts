/** Composes an email as the text of a file. */
import MailComposer from "nodemailer/lib/mail-composer"
import { type Mailbox, messageIdOf } from "../EmailHeaders.ts"

export interface Message {
  /** Unique; it becomes part of Message-ID. */
  readonly id: string
  readonly date: Date
  readonly from: Mailbox
  readonly to: Mailbox
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Returns the message as RFC 5322 bytes, with text and HTML as alternatives. Values are encoded, so none can add a
 * header.
 */
export const composeMessage = (message: Message): Promise<Buffer> =>
  new MailComposer({
    from: message.from,
    to: message.to,
    date: message.date,
    messageId: messageIdOf(message.id, message.from),
    subject: message.subject,
    text: readablePart("plain", message.text),
    html: readablePart("html", message.html),
    baseBoundary: message.id,
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()

/** RFC 5322 §2.1.1: the maximum length of a line, without its end. */
const maximumLineBytes = 998

/**
 * Returns a part without transfer encoding, so that a link or a token can be copied from the file. Encoding would break
 * both into pieces of 76 characters. If a line is too long for an email, the library encodes the part.
 */
const readablePart = (subtype: "plain" | "html", text: string) => {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.some((line) => Buffer.byteLength(line) > maximumLineBytes)) return text
  const encoding = /^[\x00-\x7f]*$/.test(text) ? "7bit" : "8bit"
  const head = [`Content-Type: text/${subtype}; charset=utf-8`, `Content-Transfer-Encoding: ${encoding}`, ""]
  return { raw: [...head, ...lines].join("\r\n") }
}
