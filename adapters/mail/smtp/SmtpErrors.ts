/** Maps the errors of the SMTP client to the port's error. */
import { EmailNotSent } from "../../../application/mail/EmailSender.ts"

/** The known fields of an error of the SMTP client; all of them may be missing. */
interface ClientError {
  readonly code?: unknown
  /** The code of the system's error. */
  readonly originalCode?: unknown
  /** The command that the server rejected. */
  readonly command?: unknown
  readonly response?: unknown
  readonly responseCode?: unknown
  /** The reply is a permanent rejection (5xx, but 503). */
  readonly permanent?: unknown
}

/**
 * The commands by which the server rejects one recipient or message. A rejected sender or login is an error of the
 * settings.
 */
const recipientCommands: ReadonlyArray<unknown> = ["RCPT TO", "DATA"]
/** Authentication required: the settings are wrong, whatever command it replies to. */
const authenticationRequired = 530

/** Codes of the client for a server that it cannot reach, or that does not let it in. */
const connectionCodes: ReadonlyArray<unknown> = [
  ...["ECONNECTION", "ESOCKET", "ETIMEDOUT", "EDNS", "EPROTOCOL"],
  ...["ETLS", "EREQUIRETLS", "EAUTH"],
]
/** The server closes the connection, because it has too many or stops. */
const serviceNotAvailable = 421

/**
 * Returns whether the error shows that the server cannot be used (false), or that it works and replied to this email
 * (true). It is undefined if the error shows neither, as a canceled email does.
 */
export const isServerWorking = (thrown: unknown): boolean | undefined => {
  const { code, responseCode }: ClientError = typeof thrown === "object" && thrown !== null ? thrown : {}
  if (connectionCodes.includes(code) || responseCode === serviceNotAvailable) return false
  return typeof responseCode === "number" ? true : undefined
}

/**
 * Returns why an email was not sent. It contains codes alone, because messages of client and server quote addresses.
 */
export const toEmailNotSent = (thrown: unknown): EmailNotSent => {
  const error: ClientError = typeof thrown === "object" && thrown !== null ? thrown : {}
  const { code, command, originalCode, permanent, response, responseCode } = error
  const enhancedCode = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response))?.[1]
  const words = [code, originalCode, command, responseCode, enhancedCode]
  return new EmailNotSent({
    reason: words.filter((word) => typeof word === "string" || typeof word === "number").join(" ") || "unknown",
    isFinal: permanent === true && responseCode !== authenticationRequired && recipientCommands.includes(command),
  })
}
