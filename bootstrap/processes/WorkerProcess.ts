/** A worker as its parent sees it: a process that runs this program once more. */
import { fork } from "node:child_process"
import type { Socket } from "node:net"
import { Deferred, Exit, Schema } from "effect"
import { ToParent, type ToWorker } from "./Messages.ts"
import { workerVariable } from "./workerNumber.ts"

/** Until a worker is ready, so much of its error output is kept. */
const maximumErrors = 64 * 1024

export interface WorkerEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What the worker wrote to standard error before it was ready. */
  readonly errors: string
}

export interface WorkerProcess {
  readonly number: number
  readonly pid: number | undefined
  readonly ready: Deferred.Deferred<void>
  readonly held: Deferred.Deferred<void>
  readonly ended: Deferred.Deferred<WorkerEnd>
  /** Sends a message, with a connection that stays open here too. Does nothing if the worker has ended. */
  readonly send: (message: ToWorker, connection?: Socket) => void
  readonly kill: () => void
}

const isMessage = Schema.is(ToParent)

/**
 * Starts the worker. Its log goes to this process's output, and so does its error output once it is ready. `receive`
 * gets its messages.
 */
export const startWorker = (
  number: number,
  receive: (worker: WorkerProcess, message: ToParent) => void,
): WorkerProcess => {
  const [entry = "", ...args] = process.argv.slice(1)
  const child = fork(entry, args, {
    env: { ...process.env, [workerVariable]: String(number) },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  })
  let errors = ""
  const worker: WorkerProcess = {
    number,
    pid: child.pid,
    ready: Deferred.makeUnsafe(),
    held: Deferred.makeUnsafe(),
    ended: Deferred.makeUnsafe(),
    send: (message, connection) => {
      // A failure means that the worker has ended, which `close` tells.
      child.send(message, connection, { keepOpen: true }, () => {})
    },
    kill: () => child.kill("SIGKILL"),
  }
  const end = (code: number | null, signal: NodeJS.Signals | null) =>
    Deferred.doneUnsafe(worker.ended, Exit.succeed({ code, signal, errors }))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (Deferred.isDoneUnsafe(worker.ready)) process.stderr.write(text)
    else errors = `${errors}${text}`.slice(-maximumErrors)
  })
  child.on("message", (message) => {
    if (isMessage(message)) receive(worker, message)
  })
  child.on("close", end)
  child.on("error", (error) => {
    errors = `${errors}taskwright: a worker cannot be started: ${error.message}\n`
    if (child.pid === undefined) end(1, null)
  })
  return worker
}
