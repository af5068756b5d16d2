/** Cuts off connections whose peer asks for responses and does not read them. */
import type { Ends, QueuedBytes } from "./SystemQueues.ts"

/** What is looked at of a socket of Node's. */
export interface Connection extends Ends {
  readonly destroyed: boolean
  /** Bytes that were written to it in all, and those of them that the system has not taken yet. */
  readonly bytesWritten: number
  readonly writableLength: number
  readonly resetAndDestroy: () => void
}

/** In how many steps the time limit is counted. */
const sweepsPerLimit = 6

/** Responses that the system took whole, for a peer that does not read, are looked for above this size, in bytes. */
const largeBytes = 64 * 1024

interface Watch {
  /** How many bytes were written to it at the last sweep. */
  written: number
  /** How many of them its peer had taken, as far as is known. */
  taken: number
  /** For how many sweeps it has taken no more. */
  sweeps: number
  /** Whether a large response was written to it, of which the system may hold a part. */
  isLarge: boolean
}

/**
 * Resets a connection that holds bytes of a response, here or in the system, and whose peer takes none of them for
 * `limitMillis`. A peer that reads slowly goes on. All connections are looked at in one sweep now and then, so a request
 * costs no timer. Counts sweeps, not time: a process that was stopped for minutes then does not blame its readers.
 *
 * `readQueues` tells what the system holds; it is called only if there is a connection to ask for. `onCut` is called with
 * the number of connections that a sweep cut off. Returns what ends it.
 */
export const cutOffStalledReaders = (
  connections: Iterable<Connection>,
  limitMillis: number,
  readQueues: () => Promise<QueuedBytes>,
  onCut: (connections: number) => void,
): (() => void) => {
  const watches = new WeakMap<Connection, Watch>()

  /** Whether the connection may hold bytes that nobody takes. */
  const isSuspect = (connection: Connection, watch: Watch): boolean => {
    const grown = connection.bytesWritten - watch.written
    watch.written = connection.bytesWritten
    if (grown > largeBytes) watch.isLarge = true
    return connection.writableLength > 0 || (grown === 0 && watch.isLarge)
  }

  /** Whether its peer has taken nothing for the whole limit. */
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
      // A plain close would leave the bytes with the system, which goes on offering them.
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
