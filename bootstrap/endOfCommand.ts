/** The work that a local command does after its output, because an installation may have no server that would do it. */
import { Effect, Exit, Layer } from "effect"
import { vacuumDue, writePosition } from "../adapters/postgres/embedded/EmbeddedVacuum.ts"
import { cleanUpStep } from "../application/cleanup/CleanUp.ts"
import { deliverEmails } from "../application/mail/DeliverEmails.ts"
import { isQuiet, markQuiet } from "./QuietHour.ts"
import { Database, type Settings } from "./settings/Settings.ts"

/** The time limit of the clean-up. The next command does the rest. */
const cleanUpLimitMillis = 2_000
/** The time limit of writing emails: longer than on any disk that responds. */
const mailLimitMillis = 20_000
/** The largest table takes a fraction of a second. */
const tablesPerCommand = 1

/**
 * Runs when the scope closes after a successful command, before the database is closed:
 *
 * 1. Writes due emails as `.eml` files, 10 at most. With `SMTP_URL` they stay in the outbox for a server, because a mail
 *    server may take minutes to respond. The emails of a shared PostgreSQL server are left to the processes that serve
 *    it: those have the settings to send them.
 * 2. Removes at most 250 expired rows of each kind. If a search finds none, the next one is an hour later.
 * 3. Vacuums one table of the embedded database, if one is due. A command that wrote nothing does not search for one.
 *
 * A failure is logged and does not change the result of the command.
 */
export const endOfCommand = ({ dataDir, database, smtpServer }: Settings) => {
  const isEmbedded = Database.$is("Embedded")(database)
  const writesMails = isEmbedded && smtpServer === null && dataDir !== null
  const cleansUp = !Database.$is("Memory")(database)
  const cleanUp = Effect.gen(function* () {
    if (dataDir !== null && isQuiet(dataDir)) return
    const removed = yield* cleanUpStep()
    if (dataDir !== null && Object.values(removed).every((rows) => rows === 0)) markQuiet(dataDir)
  })
  const vacuumAfterWrites = (start: string) =>
    Effect.flatMap(writePosition, (end) => (end === start ? Effect.void : Effect.asVoid(vacuumDue(tablesPerCommand))))
  const work = (start: string | null) =>
    Effect.gen(function* () {
      if (writesMails) yield* attempt("write mails", mailLimitMillis, deliverEmails)
      if (cleansUp) yield* attempt("remove expired rows", cleanUpLimitMillis, cleanUp)
      if (start !== null) yield* attempt("vacuum the database", cleanUpLimitMillis, vacuumAfterWrites(start))
    })
  return Layer.effectDiscard(
    Effect.gen(function* () {
      const start = isEmbedded ? yield* writePosition : null
      const context = yield* Effect.context<Effect.Services<ReturnType<typeof work>>>()
      yield* Effect.addFinalizer((exit) =>
        Exit.isSuccess(exit) ? Effect.provideContext(work(start), context) : Effect.void,
      )
    }),
  )
}

/**
 * Runs a part of the work within its time limit. A finalizer is not interruptible by default, so the limit could not
 * end it.
 */
const attempt = <A, E, R>(description: string, limitMillis: number, part: Effect.Effect<A, E, R>) =>
  Effect.interruptible(part).pipe(
    Effect.timeout(limitMillis),
    Effect.catchCause((cause) => Effect.logWarning(`Could not ${description}; the next command tries again.`, cause)),
  )
