import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Cause, Clock, Effect, Fiber, Layer, Queue, Schedule } from "effect"
import { emailContent, nameForEmail } from "../../application/shared/EmailContent.ts"
import { type Email, EmailSender } from "../../application/shared/EmailSender.ts"
import { IdGenerator } from "../../application/shared/IdGenerator.ts"
import { fromMillis } from "../../domain/shared/Timestamp.ts"
import { composeMessage, type Mailbox } from "./Message.ts"

/** Tries after the first, 100 ms, 200 ms, 400 ms and 800 ms later. */
const retries = Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 4 }))

/** How long shutting down waits for mails that are still queued. */
const drainTimeout = "5 seconds"

export interface EmlEmailSenderOptions {
  /** Where the files go; it is made where it is missing. With null: a temporary folder, gone at shutdown. */
  readonly folder: string | null
  readonly from: Mailbox
  /** Where links lead, without a slash at the end. */
  readonly publicUrl: string
  /** How many mails may wait to be written; over that one is dropped, and the log says so. Default: 1,000. */
  readonly queueCapacity?: number | undefined
}

interface Letter {
  readonly email: Email
  readonly id: string
  readonly sentAtMillis: number
}

/**
 * Writes each mail as a file `<time>-<id>.eml` (RFC 5322, mode 0600) instead of sending it, in a worker of its own.
 * Shutting down waits for what is queued, for 5 seconds at most.
 */
export const layer = (options: EmlEmailSenderOptions): Layer.Layer<EmailSender, never, IdGenerator> =>
  Layer.effect(
    EmailSender,
    Effect.gen(function* () {
      const { next: nextId } = yield* IdGenerator
      const folder = options.folder ?? (yield* temporaryFolder)
      const queue = yield* Queue.make<Letter, Cause.Done>({
        capacity: options.queueCapacity ?? 1000,
        strategy: "dropping",
      })

      const deliver = (letter: Letter) =>
        Effect.tryPromise(() => write(folder, letter, options)).pipe(
          Effect.retry(retries),
          Effect.flatMap((path) => Effect.logInfo("A mail was written to a file.").pipe(Effect.annotateLogs({ path }))),
          Effect.catchCause((cause) =>
            Effect.logError("A mail could not be written and is lost.").pipe(
              Effect.annotateLogs({ mail_id: letter.id, reason: reasonOf(cause) }),
            ),
          ),
        )

      const worker = yield* Queue.take(queue).pipe(
        Effect.flatMap(deliver),
        Effect.forever,
        Effect.ignore,
        Effect.forkScoped,
      )
      yield* Effect.addFinalizer(() =>
        Queue.end(queue).pipe(
          Effect.andThen(Effect.interruptible(Fiber.await(worker))),
          Effect.timeoutOrElse({
            duration: drainTimeout,
            orElse: () =>
              Effect.flatMap(Queue.size(queue), (waiting) =>
                Effect.logError("Mails are lost: there was no time left to write them.").pipe(
                  Effect.annotateLogs({ mails: waiting + 1 }),
                ),
              ),
          }),
        ),
      )

      return EmailSender.of({
        send: Effect.fnUntraced(function* (email) {
          const id = yield* nextId
          const isQueued = yield* Queue.offer(queue, { email, id, sentAtMillis: yield* Clock.currentTimeMillis })
          if (!isQueued)
            yield* Effect.logError("The mail queue is full: a mail is lost.").pipe(Effect.annotateLogs({ mail_id: id }))
        }),
      })
    }),
  )

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "taskwright-mail-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true })),
)

const write = async (folder: string, letter: Letter, options: EmlEmailSenderOptions): Promise<string> => {
  const { email, id, sentAtMillis } = letter
  const message = await composeMessage({
    id,
    date: new Date(sentAtMillis),
    from: options.from,
    to: { name: nameForEmail(email.fullName) ?? "", address: email.to },
    ...emailContent(email, options.publicUrl),
  })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Colons are no part of a file name on every system.
  const path = join(folder, `${fromMillis(sentAtMillis).replaceAll(":", "-")}-${id}.eml`)
  const unfinished = `${path}.part`
  try {
    await writeFile(unfinished, message, { mode: 0o600, flush: true })
    await rename(unfinished, path)
  } catch (cause) {
    await rm(unfinished, { force: true })
    throw cause
  }
  return path
}

/** The system's code (`ENOSPC`) or the name of the error: a message could quote the mail. */
const reasonOf = (cause: Cause.Cause<Cause.UnknownError>): string => {
  const error = Cause.squash(cause)
  const inner = Cause.isUnknownError(error) ? error.cause : error
  if (!(inner instanceof Error)) return "unknown"
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.name
}
