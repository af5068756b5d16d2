/** Finds out early whether the service's port can be had, before anything is changed for a start that would fail. */
import { createServer } from "node:net"
import { Effect } from "effect"
import { PortUnavailable } from "./HttpServer.ts"

/** Fails if the port cannot be listened on now. The port is free again afterwards, so the start itself can still fail. */
export const checkPort = (address: {
  readonly host: string
  readonly port: number
}): Effect.Effect<void, PortUnavailable> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", (cause) => resume(Effect.fail(new PortUnavailable({ ...address, cause }))))
    server.listen(address.port, address.host, () => server.close(() => resume(Effect.void)))
  })
