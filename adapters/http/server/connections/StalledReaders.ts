/** Resets connections that request responses and do not read them. */
import type { Ends, QueuedBytes } from "./SystemQueues.ts"

/** The properties of Node's sockets that are read here. */
export interface Connection extends Ends {
  readonly destroyed: boolean
  /** All bytes written to the socket, and how many of them the system has not taken yet. */
  readonly bytesWritten: number
  readonly writableLength: number
  readonly resetAndDestroy: () => void
}

/** The number of sweeps that make up the time limit. */
const sweepsPerLimit = 6

/** Above this size, in bytes, the system may hold a whole response for a client that does not read it. */
const largeBytes = 64 * 1024

interface Watch {
  /** The bytes written at the last sweep. */
  written: number
  /** How many of them the client has received, as far as known. */
  taken: number
  /** For how many sweeps the client has received nothing more. */
  sweeps: number
  /** Whether a large response was written, of which the system may hold a part. */
  isLarge: boolean
}

/**
 * Resets a connection that holds bytes of a response, here or in the system, if its client receives none of them for
 * `limitMillis`. A client that reads slowly is kept. One periodic sweep checks all connections, so a request costs no
 * timer. It counts sweeps, not time, so that after a process was suspended for minutes its clients are not cut off.
 *
 * `readQueues` returns what the system holds; it is called only if there is a connection to ask for. `onCut` is called
 * with the number of connections that a sweep reset. Returns a function that stops the sweeps.
 */
export const cutOffStalledReaders = (
  connections: Iterable<Connection>,
  limitMillis: number,
  readQueues: () => Promise<QueuedBytes>,
  onCut: (connections: number) => void,
): (() => void) => {
  const watches = new WeakMap<Connection, Watch>()

  /** Whether the connection may hold bytes that the client does not read. */
  const isSuspect = (connection: Connection, watch: Watch): boolean => {
    const grown = connection.bytesWritten - watch.written
    watch.written = connection.bytesWritten
    if (grown > largeBytes) watch.isLarge = true
    return connection.writableLength > 0 || (grown === 0 && watch.isLarge)
  }

  /** Whether the client has received nothing for the whole limit. */
  const isStalled = (connection: Connection, watch: Watch, queued: number): boolean => {
    if (connection.writableLength === 0 && queued === 0) {
      watch.isLarge = false
      watch.sweeps = 0
      return false
    }
    const taken = connection.bytesWritten - connection.writableLength - queued
    watch.sweeps = taken === watch.taken ? watch.sweeps + 1 : 0
    watch.taken = taken
    return watch.sweeps >= sweepsPerLimit
  }

  let isSweeping = false
  const sweep = async (): Promise<void> => {
    const suspects: Array<readonly [Connection, Watch]> = []
    for (const connection of connections) {
      const watch = watches.get(connection) ?? { written: 0, taken: -1, sweeps: 0, isLarge: false }
      watches.set(connection, watch)
      if (isSuspect(connection, watch)) suspects.push([connection, watch])
      else watch.sweeps = 0
    }
    if (suspects.length === 0) return
    const queuedOf = await readQueues()
    let cut = 0
    for (const [connection, watch] of suspects) {
      if (connection.destroyed || !isStalled(connection, watch, queuedOf(connection) ?? 0)) continue
      // A plain close would leave the bytes with the system, which continues to send them.
      connection.resetAndDestroy()
      cut++
    }
    if (cut > 0) onCut(cut)
  }
  const timer = setInterval(() => {
    if (isSweeping) return
    isSweeping = true
    void sweep().finally(() => {
      isSweeping = false
    })
  }, limitMillis / sweepsPerLimit).unref()
  return () => clearInterval(timer)
}
