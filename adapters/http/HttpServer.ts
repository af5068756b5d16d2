import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import type { Ports } from "../../application/Ports.ts"
import { routerConfig } from "./Addresses.ts"
import { routes } from "./HttpApp.ts"
import { nodeServer } from "./NodeServer.ts"
import type { Readiness } from "./Readiness.ts"

/** How long requests in flight may take to end once the server is told to stop, in milliseconds. */
const gracePeriodMillis = 10_000

/** The service on a port (0: any free one). It stops taking requests when its scope closes, and lets those in flight end. */
export const layer = <E, R>(
  ports: Layer.Layer<Ports | Readiness, E, R>,
  address: { readonly host: string; readonly port: number },
) =>
  HttpRouter.serve(routes(ports), { disableLogger: true, disableListenLog: true, routerConfig }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(nodeServer, { ...address, gracefulShutdownTimeout: gracePeriodMillis })),
  )
