import { EmailNotSent } from "../../../application/mail/EmailSender.ts"

/** What is known of an error of the SMTP client; all of it may be missing. */
interface ClientError {
  readonly code?: unknown
  /** What the system had called it. */
  readonly originalCode?: unknown
  /** The command that the server refused. */
  readonly command?: unknown
  readonly response?: unknown
  readonly responseCode?: unknown
  /** The reply says that the same would be refused again (5xx, but 503). */
  readonly permanent?: unknown
}

/** Where the server has refused the recipient or the message. A sender or a login that it refuses is ours to mend. */
const commandsOfOneMail: ReadonlyArray<unknown> = ["RCPT TO", "DATA"]
/** Authentication required: the settings are wrong, whatever command it answers. */
const authenticationRequired = 530

/** Why a mail was not sent: codes alone, because the words of client and server quote addresses. */
export const toEmailNotSent = (thrown: unknown): EmailNotSent => {
  const error: ClientError = typeof thrown === "object" && thrown !== null ? thrown : {}
  const { code, command, originalCode, permanent, response, responseCode } = error
  const enhancedCode = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response))?.[1]
  const words = [code, originalCode, command, responseCode, enhancedCode]
  return new EmailNotSent({
    reason: words.filter((word) => typeof word === "string" || typeof word === "number").join(" ") || "unknown",
    isFinal: permanent === true && responseCode !== authenticationRequired && commandsOfOneMail.includes(command),
  })
}
