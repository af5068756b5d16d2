/** Takes a server out of service without losing a request: readiness first, the listening socket next, then the rest. */
import type { Server } from "node:http"
import { Server as NetServer } from "node:net"
import { Context, Effect } from "effect"
import type { Connections } from "./Connections.ts"
import { atQuietMoment } from "./QuietMoment.ts"

/** How long requests in flight may take to end once the socket is closed. Below the 10 s that container tools wait. */
const gracePeriodMillis = 8_000

/** How long a connection may still take to send its first byte, which can have been on its way. */
const firstByteMillis = 1_000

const idleCheckMillis = 100

/** Whether the service is about to stop. Its readiness says so, and nothing else changes. */
export class Draining extends Context.Service<Draining, { isDraining: boolean }>()("taskwright/http/Draining") {}

/**
 * Stops the server, and returns once no connection is left. For `delayMillis` it goes on serving while `/health/ready`
 * answers 503, so that balancers take it out; every response then asks for another connection. After that it listens no
 * more, answers what was sent before, and cuts off after 8 s what is not answered by then.
 */
export const drain = (
  server: Server,
  connections: Connections,
  draining: Draining["Service"],
  delayMillis: number,
): Effect.Effect<void> =>
  Effect.gen(function* () {
    draining.isDraining = true
    connections.drain()
    yield* Effect.sleep(delayMillis)
    yield* close(server, connections)
  })

const close = (server: Server, connections: Connections): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const closeIdle = () => atQuietMoment(connections.arrivals, connections.closeIdle)
    const timers = [
      setInterval(closeIdle, idleCheckMillis),
      setTimeout(connections.closeSilent, firstByteMillis),
      setTimeout(() => server.closeAllConnections(), gracePeriodMillis),
    ]
    // The system resets connections that it has taken for a socket that is then closed. This process accepts one in a
    // turn of its event loop; those that were answered meanwhile would come again, and there would be no end of it.
    connections.hold()
    atQuietMoment(connections.arrivals, () => {
      // Of `node:http`, `close` would close idle connections too, at a moment when requests may have come on them.
      NetServer.prototype.close.call(server, () => {
        for (const timer of timers) clearTimeout(timer)
        resume(Effect.void)
      })
      connections.release()
      closeIdle()
    })
  })
