// What a local command does after its output, because an installation may have no server that would do it.

import { Effect, Exit, Layer } from "effect"
import { vacuumDue } from "../adapters/postgres/embedded/EmbeddedVacuum.ts"
import { cleanUpStep } from "../application/cleanup/CleanUp.ts"
import { deliverEmails } from "../application/mail/DeliverEmails.ts"
import { Database, type Settings } from "./Settings.ts"

/** How long the clean-up may take. What is left is for the next command. */
const cleanUpLimitMillis = 2_000
/** How long writing mails may take: longer than on any disk that answers. */
const mailLimitMillis = 20_000
/** The largest table takes a fraction of a second. */
const tablesPerCommand = 1

/**
 * Runs when the scope closes after a command that succeeded, before the database is closed:
 *
 * 1. Mails that are due are written as `.eml` files, 10 at most. With `SMTP_URL` they stay in the outbox for a server,
 *    since a mail server may take minutes to answer. A shared PostgreSQL server's mails are its servers' too: they have
 *    the settings to send them.
 * 2. At most 250 expired rows of each kind are removed. To look for them takes about 10 ms, so every command looks.
 * 3. One table of the embedded database is vacuumed, if one is due.
 *
 * A failure is logged and does not change how the command ends.
 */
export const endOfCommand = ({ dataDir, database, smtpServer }: Settings) => {
  const isEmbedded = Database.$is("Embedded")(database)
  const writesMails = isEmbedded && smtpServer === null && dataDir !== null
  const cleansUp = !Database.$is("Memory")(database)
  const work = Effect.gen(function* () {
    if (writesMails) yield* attempt("write mails", mailLimitMillis, deliverEmails)
    if (cleansUp) yield* attempt("remove expired rows", cleanUpLimitMillis, cleanUpStep())
    if (isEmbedded) yield* attempt("vacuum the database", cleanUpLimitMillis, vacuumDue(tablesPerCommand))
  })
  return Layer.effectDiscard(
    Effect.gen(function* () {
      const context = yield* Effect.context<Effect.Services<typeof work>>()
      yield* Effect.addFinalizer((exit) => (Exit.isSuccess(exit) ? Effect.provideContext(work, context) : Effect.void))
    }),
  )
}

/** Runs a part of the work within its limit. A finalizer is not interruptible by itself, so the limit could not end it. */
const attempt = <A, E, R>(words: string, limitMillis: number, part: Effect.Effect<A, E, R>) =>
  Effect.interruptible(part).pipe(
    Effect.timeout(limitMillis),
    Effect.catchCause((cause) => Effect.logWarning(`Could not ${words}; the next command tries again.`, cause)),
  )
