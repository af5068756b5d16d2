/** Where the connections of the server come from: a port of its own, or another process that listens for it. */
import type { Server } from "node:http"
import { Server as NetServer } from "node:net"
import { Context, Data, Effect } from "effect"
import type { Connections } from "./Connections.ts"
import { atQuietMoment } from "./QuietMoment.ts"

export interface Address {
  readonly host: string
  readonly port: number
}

/** The port is in use or not permitted. */
export class PortUnavailable extends Data.TaggedError("PortUnavailable")<{
  readonly host: string
  readonly port: number
  readonly cause: Error
}> {
  override get message(): string {
    return `Cannot listen on ${this.host}:${this.port}: ${this.cause.message}`
  }
}

export interface ConnectionSource {
  /** Begins to give connections to the server. Returns the port. */
  readonly open: (server: Server, connections: Connections, address: Address) => Effect.Effect<number, PortUnavailable>
  /**
   * Ends the source while the server holds requests back. Calls `onEnd` once the last connection has come. After the
   * last connection is closed, the server emits `close`.
   */
  readonly end: (server: Server, connections: Connections, onEnd: () => void) => void
}

/** Listens on a port. Returns the port, which the system chooses if it is 0. */
export const listen = (server: NetServer, { host, port }: Address): Effect.Effect<number, PortUnavailable> =>
  Effect.callback((resume) => {
    const fail = (cause: Error) => resume(Effect.fail(new PortUnavailable({ host, port, cause })))
    server.once("error", fail)
    server.listen(port, host, () => {
      server.off("error", fail)
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const ownPort: ConnectionSource = {
  open: (server, _connections, address) => listen(server, address),
  // When a listening socket closes, the system resets the connections it completed but the process did not accept.
  // This process accepts one connection in each turn of its event loop. Clients that received a response in the
  // meantime would connect again, without end, so requests are held.
  end: (server, connections, onEnd) =>
    atQuietMoment(connections.arrivals, () => {
      // The `close` of `node:http` would also close idle connections, on which requests may just have arrived.
      NetServer.prototype.close.call(server)
      onEnd()
    }),
}

/** By default the server has a port of its own. */
export const ConnectionSource = Context.Reference<ConnectionSource>("taskwright/http/ConnectionSource", {
  defaultValue: () => ownPort,
})
