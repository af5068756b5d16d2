import MailComposer from "nodemailer/lib/mail-composer"
import { type Mailbox, messageIdOf } from "../../application/mail/EmailHeaders.ts"

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

/** The message as RFC 5322 bytes, with text and HTML as alternatives. Values are encoded, so none can add a header. */
export const composeMessage = (message: Message): Promise<Buffer> =>
  new MailComposer({
    from: message.from,
    to: message.to,
    date: message.date,
    messageId: messageIdOf(message.id, message.from),
    subject: message.subject,
    text: message.text,
    html: message.html,
    baseBoundary: message.id,
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
