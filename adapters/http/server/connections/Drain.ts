/**
 * Takes a server out of service without losing a request: first readiness, then the listening socket, then the
 * connections.
 */
import type { Server } from "node:http"
import { Context, Deferred, Effect } from "effect"
import type { ConnectionSource } from "./ConnectionSource.ts"
import type { Connections } from "./Connections.ts"
import { atQuietMoment } from "./QuietMoment.ts"

/** How long requests in flight may take after the socket is closed. Below the 10 s that container tools wait. */
const gracePeriodMillis = 8_000

/** How long a connection may still take to send its first byte, which may already be in transit. */
const firstByteMillis = 1_000

const idleCheckMillis = 100

/** Whether the service is about to stop. Its readiness reports it, and responses that wait for changes end. */
export class Draining extends Context.Service<
  Draining,
  {
    readonly isDraining: () => boolean
    readonly start: Effect.Effect<void>
    /** Succeeds as soon as the service drains. */
    readonly awaitStart: Effect.Effect<void>
  }
>()("taskwright/http/Draining") {}

export const makeDraining = Effect.map(Deferred.make<void>(), (started): Draining["Service"] => ({
  isDraining: () => Deferred.isDoneUnsafe(started),
  start: Effect.asVoid(Deferred.succeed(started, undefined)),
  awaitStart: Deferred.await(started),
}))

/**
 * Stops the server, and returns once no connection is left. For `delayMillis` it continues to serve while
 * `/health/ready` responds with 503, so that load balancers remove it. Every response then closes its connection. After
 * that it stops listening, responds to requests sent before, and after 8 s closes the connections that are left.
 */
export const drain = (
  server: Server,
  connections: Connections,
  source: ConnectionSource,
  draining: Draining["Service"],
  delayMillis: number,
): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* draining.start
    connections.drain()
    yield* Effect.sleep(delayMillis)
    yield* close(server, connections, source)
  })

const close = (server: Server, connections: Connections, source: ConnectionSource): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const closeIdle = () => atQuietMoment(connections.arrivals, connections.closeIdle)
    const timers = [
      setInterval(closeIdle, idleCheckMillis),
      setTimeout(connections.closeSilent, firstByteMillis),
      setTimeout(() => server.closeAllConnections(), gracePeriodMillis),
    ]
    server.once("close", () => {
      for (const timer of timers) clearTimeout(timer)
      resume(Effect.void)
    })
    connections.hold()
    source.end(server, connections, () => {
      connections.release()
      closeIdle()
    })
  })
