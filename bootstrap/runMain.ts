/** Runs a program as the process, until it ends or is told to stop. */
import { constants } from "node:os"
import { Effect, Runtime } from "effect"
import { ofParent, onParentStop } from "./processes/ParentStop.ts"
import { workerNumber } from "./processes/workerNumber.ts"
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

/** Logs why the process stops: the last line of its log. The parent of workers logs a stop once for all. */
export const logStop = Effect.suspend(() =>
  reason === ofParent ? Effect.void : Effect.logInfo(`Taskwright stopped because of ${reason}`),
)

/**
 * Interrupts the program at the first signal that asks a process to stop. A second one ends the process at once, with
 * the exit code that shells give to that signal. A process that npm started also stops when npm or its shell has ended.
 * npm passes a signal on to its shell alone, and the shell does not forward it. A worker stops when its parent says so.
 */
export const runMain = Runtime.makeRunMain(({ fiber, teardown }) => {
  const isWorker = workerNumber !== undefined
  const isStartedByNpm = process.env["npm_package_name"] === "taskwright" && !isWorker
  let stoppedAt = Number.NEGATIVE_INFINITY

  const stop = (because: string): void => {
    reason = because
    stoppedAt = Date.now()
    fiber.interruptUnsafe(fiber.id)
  }
  const onSignal = (signal: StopSignal): void => {
    // A terminal, and some process managers, signal the workers beside their parent.
    if (isWorker) return
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
  if (isWorker) onParentStop((because) => (reason === undefined ? stop(because) : process.exit(1)))
})
