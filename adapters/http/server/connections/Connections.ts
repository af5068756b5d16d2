/** Knows the connections of a server: which of them wait for a response, and which are idle. */
import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

export interface Connections {
  /** Those that are open. */
  readonly sockets: ReadonlySet<Socket>
  /** How many connections and requests have come so far. */
  readonly arrivals: () => number
  /** Tells of a request, and calls `answer`: at once, or when requests are held no more. */
  readonly add: (response: ServerResponse, answer: () => void) => void
  /** Holds requests back, so that callers that wait for responses send no more; they are answered after `release`. */
  readonly hold: () => void
  readonly release: () => void
  /** The response to the newest request of the connection. */
  readonly latestOn: (socket: object) => ServerResponse | undefined
  /** From now on each connection is closed after the responses that it waits for, and its caller is told so. */
  readonly drain: () => void
  /** Closes the connections of which the last response was taken whole, and that have sent nothing since. */
  readonly closeIdle: () => void
  /** Closes the connections that have never sent anything. */
  readonly closeSilent: () => void
}

export const followConnections = (server: Server): Connections => {
  const sockets = new Set<Socket>()
  let arrivals = 0
  server.on("connection", (socket: Socket) => {
    arrivals++
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  const unfinished = new Set<ServerResponse>()
  const latest = new WeakMap<object, ServerResponse>()
  /** How much each connection had sent when its last response was finished. */
  const answeredBytes = new WeakMap<Socket, number>()
  /** The responses that were told to close their connection because of `drain`. */
  const closing = new WeakSet<ServerResponse>()
  let isDraining = false

  const closeAfter = (response: ServerResponse): void => {
    if (!response.shouldKeepAlive || response.headersSent) return
    response.shouldKeepAlive = false
    closing.add(response)
  }

  let held: Array<() => void> | undefined

  const add = (response: ServerResponse, answer: () => void): void => {
    const { socket } = response.req
    arrivals++
    if (isDraining) {
      // A pipelined request came after the one whose response was to be the last.
      const before = latest.get(socket)
      if (before !== undefined && closing.has(before) && !before.headersSent) before.shouldKeepAlive = true
      closeAfter(response)
    }
    latest.set(socket, response)
    unfinished.add(response)
    response.once("close", () => {
      unfinished.delete(response)
      answeredBytes.set(socket, socket.bytesRead)
    })
    if (held === undefined) answer()
    else held.push(answer)
  }

  return {
    sockets,
    arrivals: () => arrivals,
    add,
    hold: () => {
      held ??= []
    },
    release: () => {
      const answers = held ?? []
      held = undefined
      for (const answer of answers) answer()
    },
    latestOn: (socket) => latest.get(socket),
    drain: () => {
      isDraining = true
      for (const response of unfinished) if (latest.get(response.req.socket) === response) closeAfter(response)
    },
    // Node's own `closeIdleConnections` also closes those that have yet to take the end of their response.
    closeIdle: () => {
      const busy = new Set<Socket>()
      for (const { req } of unfinished) busy.add(req.socket)
      for (const socket of sockets) {
        if (!busy.has(socket) && answeredBytes.get(socket) === socket.bytesRead) socket.destroy()
      }
    },
    closeSilent: () => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}
