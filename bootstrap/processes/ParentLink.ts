/** A worker's side of its parent: the connections that come from there, and the metrics of all processes. */
import { Server, Socket } from "node:net"
import { Effect, Layer } from "effect"
import { ConnectionSource } from "../../adapters/http/server/connections/ConnectionSource.ts"
import type { Connections } from "../../adapters/http/server/connections/Connections.ts"
import { MetricsSource } from "../../adapters/http/server/settings/MetricsSource.ts"
import { scrape } from "../../adapters/telemetry/Metrics.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { type ToParent, ToWorker } from "./Messages.ts"

/** The parent waits a second for the others. */
const scrapeMillis = 3_000

/** Without a parent there is nothing to say, and this process ends. */
const send = (message: ToParent): void => {
  process.send?.(message, undefined, {}, () => {})
}

const fromParent: ConnectionSource = {
  open: (server, connections, { port }) =>
    Effect.sync(() => {
      process.on("message", (message, socket) => {
        if (!ToWorker.guards.Connection(message)) return
        send({ _tag: "Taken" })
        // It is absent if the client has closed the connection meanwhile.
        if (!(socket instanceof Socket)) return
        if (connections.sockets.size < server.maxConnections) server.emit("connection", socket)
        else socket.destroy()
      })
      // From this event on, Node's HTTP server checks its time limits.
      server.emit("listening")
      send({ _tag: "Ready" })
      return port
    }),
  end: (server, connections, onEnd) => {
    const end = (): void => {
      onEnd()
      whenEmpty(connections, () => Server.prototype.close.call(server))
    }
    process.on("message", (message) => {
      if (ToWorker.guards.Closed(message)) end()
    })
    if (process.connected) send({ _tag: "Held" })
    else end()
  },
}

const whenEmpty = ({ sockets }: Connections, act: () => void): void => {
  const check = (): void => {
    if (sockets.size === 0) act()
  }
  for (const socket of sockets) socket.once("close", check)
  check()
}

const makeMetricsSource = Effect.sync(() => {
  const waiting = new Map<number, (text: string) => void>()
  let scrapes = 0
  process.on("message", (message) => {
    if (ToWorker.guards.Collect(message)) send({ _tag: "Collected", id: message.id, text: scrape() })
    else if (ToWorker.guards.Scraped(message)) waiting.get(message.id)?.(message.text)
  })
  return Effect.callback<string>((resume) => {
    const id = ++scrapes
    waiting.set(id, (text) => resume(Effect.succeed(text)))
    send({ _tag: "Scrape", id, text: scrape() })
    return Effect.sync(() => waiting.delete(id))
  }).pipe(
    Effect.timeoutOrElse({
      duration: scrapeMillis,
      orElse: () => Effect.die(new Unavailable({ dependency: "the parent process", retryAfterMillis: 1_000 })),
    }),
  )
})

/** The server of a worker has this in place of a port of its own. */
export const layer: Layer.Layer<never> = Layer.mergeAll(
  Layer.succeed(ConnectionSource, fromParent),
  Layer.effect(MetricsSource, makeMetricsSource),
)
