/** Listens on the port of the service, and passes its connections on to the workers, in turn. */
import { createServer, type Socket } from "node:net"
import { Effect } from "effect"
import { type Address, listen, type PortUnavailable } from "../../adapters/http/server/connections/ConnectionSource.ts"
import { atQuietMoment } from "../../adapters/http/server/connections/QuietMoment.ts"
import type { WorkerProcess } from "./WorkerProcess.ts"

/** The limit of connections that no worker has taken yet. */
const maximumWaiting = 10_000
/** How long a connection waits for a worker before it is closed. */
const maximumWaitMillis = 10_000
/** How long the last connections may take to reach a worker. */
const lastMillis = 1_000
const checkMillis = 2

export interface Distributor {
  readonly listen: (address: Address) => Effect.Effect<number, PortUnavailable>
  /** The worker can take connections from now on. */
  readonly add: (worker: WorkerProcess) => void
  /** The worker has its connection, and can take another one. */
  readonly taken: (worker: WorkerProcess) => void
  /** Takes the worker out of turn, and passes the connection that it has not taken on to another one. */
  readonly remove: (worker: WorkerProcess) => void
  /** Stops listening at a quiet moment, and returns once the workers have taken every connection. */
  readonly end: Effect.Effect<void>
}

export const makeDistributor = (): Distributor => {
  const waiting: Array<Socket> = []
  const free: Array<WorkerProcess> = []
  /** The connections on their way. Each worker has one at most, so one that hangs gets no more. */
  const sent = new Map<WorkerProcess, Socket>()
  let accepted = 0

  const distribute = (): void => {
    while (free.length > 0) {
      const socket = waiting.shift()
      if (socket === undefined) return
      if (socket.destroyed) continue
      const worker = free.shift()
      if (worker === undefined) return
      sent.set(worker, socket)
      worker.send({ _tag: "Connection" }, socket)
    }
  }

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    accepted++
    socket.on("error", () => socket.destroy())
    socket.setTimeout(maximumWaitMillis, () => socket.destroy())
    waiting.push(socket)
    distribute()
  })
  server.maxConnections = maximumWaiting

  const isEmpty = (): boolean => waiting.length === 0 && sent.size === 0

  return {
    listen: (address) => listen(server, address),
    add: (worker) => {
      free.push(worker)
      distribute()
    },
    taken: (worker) => {
      // The worker has a descriptor of its own, so this one closes no connection.
      sent.get(worker)?.destroy()
      if (sent.delete(worker)) free.push(worker)
      distribute()
    },
    remove: (worker) => {
      const place = free.indexOf(worker)
      if (place >= 0) free.splice(place, 1)
      const socket = sent.get(worker)
      if (socket !== undefined) waiting.unshift(socket)
      sent.delete(worker)
      distribute()
    },
    end: Effect.callback<void>((resume) => {
      atQuietMoment(
        () => accepted,
        () => {
          server.close()
          resume(Effect.void)
        },
      )
    }).pipe(
      Effect.andThen(
        Effect.timeoutOption(Effect.repeat(Effect.sleep(checkMillis), { while: () => !isEmpty() }), lastMillis),
      ),
      Effect.asVoid,
    ),
  }
}
