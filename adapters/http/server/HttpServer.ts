/** Provides the HTTP server as a layer. */
import { Context, Effect, Layer } from "effect"
import type { Ports } from "../../../application/Ports.ts"
import { type Address, ConnectionSource, type PortUnavailable } from "./connections/ConnectionSource.ts"
import { Draining, drain, makeDraining } from "./connections/Drain.ts"
import { nodeServer } from "./connections/NodeServer.ts"
import { makeRequestHandler } from "./RequestHandler.ts"
import { makeServiceRoutes } from "./Routes.ts"
import { HttpSettings } from "./settings/HttpSettings.ts"
import type { Readiness } from "./settings/Readiness.ts"

export { PortUnavailable } from "./connections/ConnectionSource.ts"

/** The port on which the service listens. */
export class ListeningAddress extends Context.Service<ListeningAddress, { readonly port: number }>()(
  "taskwright/http/ListeningAddress",
) {}

/**
 * Serves the API on a port (0: any free one). When its scope closes, the server drains as `Drain.ts` describes, and
 * loses no request.
 */
export const layer = (address: Address): Layer.Layer<ListeningAddress, PortUnavailable, Ports | Readiness> =>
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
      const source = yield* ConnectionSource
      const port = yield* Effect.acquireRelease(source.open(server, connections, address), () =>
        drain(server, connections, source, draining, shutdownDelayMillis),
      )
      return { port }
    }),
  )

const logStalledReaders = (connections: number) =>
  Effect.logWarning("connections cut off: they took nothing of their responses").pipe(
    Effect.annotateLogs({ connections }),
  )
