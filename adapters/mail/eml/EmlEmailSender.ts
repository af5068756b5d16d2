/** Writes emails to a folder instead of sending them. */
import { access, constants, mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Clock, Effect, Layer } from "effect"
import { type Email, EmailNotSent, EmailSender } from "../../../application/mail/EmailSender.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { writeAtomic } from "../../filesystem/AtomicFile.ts"
import { codeOf } from "../../filesystem/FileErrors.ts"
import { emailContent } from "../EmailContent.ts"
import { type Mailbox, recipientOf } from "../EmailHeaders.ts"

export interface EmlEmailSenderOptions {
  /** The folder of the files; it is created if it is missing. With null: a temporary folder, deleted at shutdown. */
  readonly folder: string | null
  readonly from: Mailbox
  /** The base of links, without a slash at the end. */
  readonly publicUrl: string
}

/** Writes each email as a file `<time>-<id>.eml` (RFC 5322, mode 0600). */
export const layer = (options: EmlEmailSenderOptions): Layer.Layer<EmailSender> =>
  Layer.effect(
    EmailSender,
    Effect.gen(function* () {
      const folder = options.folder ?? (yield* temporaryFolder)
      return EmailSender.of({
        send: Effect.fnUntraced(function* (email, id) {
          const sentAtMillis = yield* Clock.currentTimeMillis
          const path = yield* write(folder, { email, id, sentAtMillis }, options).pipe(
            Effect.mapError((error) => new EmailNotSent({ reason: reasonOf(error), isFinal: false })),
          )
          yield* Effect.logInfo("A mail was written to a file.").pipe(Effect.annotateLogs({ path }))
        }),
        isReachable: Effect.promise(() =>
          makeFolder(folder)
            .then(() => access(folder, constants.W_OK))
            .then(
              () => true,
              () => false,
            ),
        ),
      })
    }),
  )

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "taskwright-mail-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true })),
)

const makeFolder = (folder: string) => mkdir(folder, { recursive: true, mode: 0o700 })

interface StoredEmail {
  readonly email: Email
  readonly id: string
  readonly sentAtMillis: number
}

const write = Effect.fnUntraced(function* (folder: string, stored: StoredEmail, options: EmlEmailSenderOptions) {
  const { email, id, sentAtMillis } = stored
  const message = yield* Effect.tryPromise(async () => {
    // The library that composes emails takes 20 MB, and most commands send none.
    const { composeMessage } = await import("./ComposeMessage.ts")
    await makeFolder(folder)
    return composeMessage({
      id,
      date: new Date(sentAtMillis),
      from: options.from,
      to: recipientOf(email),
      ...emailContent(email, options.publicUrl),
    })
  })
  // Some systems forbid colons in file names.
  const path = join(folder, `${fromMillis(sentAtMillis).replaceAll(":", "-")}-${id}.eml`)
  yield* writeAtomic(path, message, { isReplacing: true })
  return path
})

/** Returns the system's code (`ENOSPC`) or the name of the error, because a message could quote the email. */
const reasonOf = (error: { readonly cause?: unknown; readonly name: string }): string => {
  const cause = error.cause instanceof Error ? error.cause : error
  return codeOf(cause) ?? cause.name
}
