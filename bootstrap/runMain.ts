/** Runs a program as the process, until it ends or is told to stop. */
import { constants } from "node:os"
import { Effect, Runtime } from "effect"
import { watchParents } from "./watchParents.ts"

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
type StopSignal = (typeof stopSignals)[number]

/**
 * npm forwards a signal that its whole process group has already received. Within this time it counts as the same
 * signal.
 */
const sameSignalMillis = 500

/** A signal's name, or the end of the parent process. */
let reason: string | undefined

/** Logs why the process stops: the last line of its log. */
export const logStop = Effect.suspend(() => Effect.logInfo(`Taskwright stopped because of ${reason}`))

/**
 * Interrupts the program at the first signal that asks a process to stop. A second one ends the process at once, with
 * the exit code that shells give to that signal. A process that npm started also stops when npm or its shell has ended.
 * npm passes a signal on to its shell alone, and the shell does not forward it.
 */
export const runMain = Runtime.makeRunMain(({ fiber, teardown }) => {
  const isStartedByNpm = process.env["npm_package_name"] === "taskwright"
  let stoppedAt = Number.NEGATIVE_INFINITY

  const stop = (because: string): void => {
    reason = because
    stoppedAt = Date.now()
    fiber.interruptUnsafe(fiber.id)
  }
  const onSignal = (signal: StopSignal): void => {
    if (reason === undefined) stop(signal)
    else if (!isStartedByNpm || Date.now() - stoppedAt > sameSignalMillis) process.exit(128 + constants.signals[signal])
  }
  const unwatch = isStartedByNpm
    ? watchParents(() => {
        if (reason === undefined) stop("the end of npm")
      })
    : undefined

  fiber.addObserver((exit) => {
    for (const signal of stopSignals) process.removeListener(signal, onSignal)
    unwatch?.()
    teardown(exit, (code) => {
      if (reason !== undefined || code !== 0) process.exit(code)
    })
  })
  for (const signal of stopSignals) process.on(signal, onSignal)
})
