/** Tracks the connections of a server: which of them wait for a response, and which are idle. */
import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

export interface Connections {
  /** The open connections. */
  readonly sockets: ReadonlySet<Socket>
  /** Returns how many connections and requests have arrived so far. */
  readonly arrivals: () => number
  /** Adds a request, and calls `handle`: at once, or after `release` if requests are held. */
  readonly add: (response: ServerResponse, handle: () => void) => void
  /** Holds requests back. Clients that wait for responses then send no more; `release` lets them be handled. */
  readonly hold: () => void
  readonly release: () => void
  /** Returns the response to the newest request of the connection. */
  readonly latestOn: (socket: object) => ServerResponse | undefined
  /** From now on closes each connection after its pending responses, and announces that to the client. */
  readonly drain: () => void
  /** Closes the connections with a completely sent last response that have received nothing since. */
  readonly closeIdle: () => void
  /** Closes the connections that have never received a byte. */
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
  /** How many bytes each connection had received when its last response finished. */
  const receivedBytes = new WeakMap<Socket, number>()
  /** The responses with which `drain` closes a connection. */
  const closing = new WeakSet<ServerResponse>()
  let isDraining = false

  const closeAfter = (response: ServerResponse): void => {
    if (!response.shouldKeepAlive || response.headersSent) return
    response.shouldKeepAlive = false
    closing.add(response)
  }

  let held: Array<() => void> | undefined

  const add = (response: ServerResponse, handle: () => void): void => {
    const { socket } = response.req
    arrivals++
    if (isDraining) {
      // A pipelined request arrived after the request with the intended last response.
      const before = latest.get(socket)
      if (before !== undefined && closing.has(before) && !before.headersSent) before.shouldKeepAlive = true
      closeAfter(response)
    }
    latest.set(socket, response)
    unfinished.add(response)
    response.once("close", () => {
      unfinished.delete(response)
      receivedBytes.set(socket, socket.bytesRead)
    })
    if (held === undefined) handle()
    else held.push(handle)
  }

  return {
    sockets,
    arrivals: () => arrivals,
    add,
    hold: () => {
      held ??= []
    },
    release: () => {
      const handlers = held ?? []
      held = undefined
      for (const handle of handlers) handle()
    },
    latestOn: (socket) => latest.get(socket),
    drain: () => {
      isDraining = true
      for (const response of unfinished) if (latest.get(response.req.socket) === response) closeAfter(response)
    },
    // Node's own `closeIdleConnections` also closes connections that have not yet sent the end of their response.
    closeIdle: () => {
      const busy = new Set<Socket>()
      for (const { req } of unfinished) busy.add(req.socket)
      for (const socket of sockets) {
        if (!busy.has(socket) && receivedBytes.get(socket) === socket.bytesRead) socket.destroy()
      }
    },
    closeSilent: () => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}
