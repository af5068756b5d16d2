/** Holds the reader of the system's send queues to the connections that it is asked about. */
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { expect, it } from "vitest"
import { readSystemQueues } from "../../../adapters/http/server/connections/SystemQueues.ts"

it.runIf(process.platform === "linux").each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  // An IPv4 peer of a socket for both families.
  ["::", "127.0.0.1"],
])("the system tells what a peer of %s at %s has not taken", async (listening, host) => {
  const server = createServer()
  server.listen(0, listening)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const peer = connect({ host, port })
  const [socket] = (await once(server, "connection")) as [Socket]
  socket.on("error", () => undefined)
  try {
    expect((await readSystemQueues())(socket)).toBe(0)
    peer.pause()
    const length = 3_000_000
    socket.write(Buffer.alloc(length))
    await expect.poll(async () => (await readSystemQueues())(socket), { timeout: 30_000 }).toBeGreaterThan(100_000)
    peer.resume()
    await expect.poll(async () => (await readSystemQueues())(socket), { timeout: 30_000 }).toBe(0)
    await expect.poll(() => peer.bytesRead, { timeout: 30_000 }).toBe(length)
    expect((await readSystemQueues())({ ...socket.address(), remotePort: 1 })).toBe(undefined)
  } finally {
    peer.destroy()
    server.close()
  }
})
