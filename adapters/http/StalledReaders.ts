/** Cuts off connections whose peer asks for responses and does not read them. */

/** What is looked at of a socket of Node's. */
interface Connection {
  readonly destroyed: boolean
  /** Bytes that were written to it in all, and those of them that the system has not taken yet. */
  readonly bytesWritten: number
  readonly writableLength: number
  readonly resetAndDestroy: () => void
}

/** In how many steps the time limit is counted. */
const sweepsPerLimit = 6

interface Stall {
  /** How many bytes the system had taken. */
  readonly taken: number
  /** For how many sweeps it has taken no more. */
  readonly sweeps: number
}

/**
 * Resets a connection that holds unsent bytes of a response and of which the system takes none for `limitMillis`: its
 * peer reads nothing. One that reads slowly goes on. Looks at all connections in one sweep now and then, so a request
 * costs no timer. Counts sweeps, not time: a process that was stopped for minutes then does not blame its readers.
 *
 * `unfinished` are the responses that are not sent whole. Calls `onCut` with the number of connections that a sweep cut
 * off. Returns what ends it.
 */
export const cutOffStalledReaders = (
  unfinished: Iterable<{ readonly req: { readonly socket: Connection } }>,
  limitMillis: number,
  onCut: (connections: number) => void,
): (() => void) => {
  let stalls: ReadonlyMap<Connection, Stall> = new Map()
  const sweep = () => {
    const found = new Map<Connection, Stall>()
    const cut = new Set<Connection>()
    for (const { req } of unfinished) {
      const { socket } = req
      if (socket.destroyed || socket.writableLength === 0) continue
      const taken = socket.bytesWritten - socket.writableLength
      const before = stalls.get(socket)
      const sweeps = before?.taken === taken ? before.sweeps + 1 : 0
      if (sweeps < sweepsPerLimit) found.set(socket, { taken, sweeps })
      else cut.add(socket)
    }
    stalls = found
    // A plain close would leave the bytes with the system, which goes on offering them.
    for (const socket of cut) socket.resetAndDestroy()
    if (cut.size > 0) onCut(cut.size)
  }
  const timer = setInterval(sweep, limitMillis / sweepsPerLimit).unref()
  return () => clearInterval(timer)
}
