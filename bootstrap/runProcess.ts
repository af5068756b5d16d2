/** Runs a service program with its settings and its log. */
import { Cause, Console, Effect, Exit } from "effect"
import * as Logging from "../adapters/telemetry/Logging.ts"
import { workerNumber } from "./processes/workerNumber.ts"
import { logStop, runMain } from "./runMain.ts"
import { misspelledSettings, misspellingText } from "./settings/MisspelledSettings.ts"
import { loadSettings, type Settings } from "./settings/Settings.ts"
import { terminalDefaults } from "./settings/terminalDefaults.ts"

/**
 * Runs a program as the process, until it ends or a signal stops it. An error at the start takes one line. The exit
 * code is 0 after a signal too, because a signal is the way to stop a service.
 */
export const runProcess = <E>(program: (settings: Settings) => Effect.Effect<unknown, E>): void => {
  const main = Effect.gen(function* () {
    const settings = yield* loadSettings(terminalDefaults(process.stdout))
    yield* Effect.andThen(warnOfMisspellings, program(settings)).pipe(
      Effect.onInterrupt(() => logStop),
      Effect.provide(Logging.layer(settings, workerNumber)),
    )
  })
  runMain(
    Effect.tapCause(main, (cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.void : Console.error(`taskwright: ${lineOf(cause)}`),
    ),
    {
      disableErrorReporting: true,
      teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1),
    },
  )
}

/** The parent of a worker has warned. */
const warnOfMisspellings = Effect.forEach(
  workerNumber === undefined ? misspelledSettings(Object.keys(process.env)) : [],
  (misspelled) => Effect.logWarning(misspellingText(misspelled)),
)

/** Formats an expected error as a line. A defect is printed with its stack, because it must be fixed. */
const lineOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return Cause.hasDies(cause) || !(error instanceof Error) ? Cause.pretty(cause) : messageOf(error)
}

const messageOf = (error: Error): string =>
  error.message !== "" ? error.message : error.cause instanceof Error ? messageOf(error.cause) : error.name
