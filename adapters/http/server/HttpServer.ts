/** Provides the HTTP server as a layer. */
import type { Server } from "node:http"
import { Context, Data, Effect, Layer } from "effect"
import type { Ports } from "../../../application/Ports.ts"
import { Draining, drain, makeDraining } from "./connections/Drain.ts"
import { nodeServer } from "./connections/NodeServer.ts"
import { makeRequestHandler } from "./RequestHandler.ts"
import { makeServiceRoutes } from "./Routes.ts"
import { HttpSettings } from "./settings/HttpSettings.ts"
import type { Readiness } from "./settings/Readiness.ts"

/** The port on which the service listens. */
export class ListeningAddress extends Context.Service<ListeningAddress, { readonly port: number }>()(
  "taskwright/http/ListeningAddress",
) {}

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

/**
 * Serves the API on a port (0: any free one). When its scope closes, the server drains as `Drain.ts` describes, and
 * loses no request.
 */
export const layer = (address: {
  readonly host: string
  readonly port: number
}): Layer.Layer<ListeningAddress, PortUnavailable, Ports | Readiness> =>
  Layer.effect(
    ListeningAddress,
    Effect.gen(function* () {
      const draining = yield* makeDraining
      const routes = yield* Effect.provideService(makeServiceRoutes, Draining, draining)
      const handleRequest = yield* makeRequestHandler(routes)
      const { publicPath, shutdownDelayMillis, stalledReaderMillis } = yield* HttpSettings
      const context = yield* Effect.context<never>()
      const { connections, server } = nodeServer(
        handleRequest,
        {
          limitMillis: stalledReaderMillis,
          onCut: (connections) => Effect.runForkWith(context)(logStalledReaders(connections)),
        },
        publicPath,
      )
      const port = yield* Effect.acquireRelease(listen(server, address), () =>
        drain(server, connections, draining, shutdownDelayMillis),
      )
      return { port }
    }),
  )

const logStalledReaders = (connections: number) =>
  Effect.logWarning("connections cut off: they took nothing of their responses").pipe(
    Effect.annotateLogs({ connections }),
  )

const listen = (server: Server, { host, port }: { readonly host: string; readonly port: number }) =>
  Effect.callback<number, PortUnavailable>((resume) => {
    const fail = (cause: Error) => resume(Effect.fail(new PortUnavailable({ host, port, cause })))
    server.once("error", fail)
    server.listen(port, host, () => {
      server.off("error", fail)
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })
