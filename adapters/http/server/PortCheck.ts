/** Checks early whether the service's port is free, before a start that would fail changes anything. */
import { createServer } from "node:net"
import { Effect } from "effect"
import { type Address, PortUnavailable } from "./connections/ConnectionSource.ts"

/**
 * Fails if the service cannot listen on the port now. The port is free again afterwards, so the start itself can still
 * fail.
 */
export const checkPort = (address: Address): Effect.Effect<void, PortUnavailable> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", (cause) => resume(Effect.fail(new PortUnavailable({ ...address, cause }))))
    server.listen(address.port, address.host, () => server.close(() => resume(Effect.void)))
  })
