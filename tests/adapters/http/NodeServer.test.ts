/** Holds the server to the close of a refused connection, though its peer keeps its own side open. */
import { once } from "node:events"
import type { Server } from "node:http"
import { connect, type Socket } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { nodeServer } from "../../../adapters/http/server/connections/NodeServer.ts"

describe("a connection that is refused", () => {
  let server: Server
  let peer: Socket
  beforeEach(async () => {
    server = nodeServer((_, response) => response.end("answered"), {
      limitMillis: 60_000,
      onCut: () => undefined,
    }).server
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
  })
  afterEach(() => {
    peer.destroy()
    server.close()
  })

  const countConnections = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    )

  it.each([
    ["is no HTTP", "no HTTP\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["has a body that breaks", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", /answered/],
  ])("is gone from here though its peer keeps its own side open, if it %s", async (_, sent, answer) => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    peer = connect({ host: "127.0.0.1", port, allowHalfOpen: true })
    let text = ""
    peer.on("data", (part: Buffer) => {
      text += part.toString()
    })
    peer.on("error", () => undefined)
    peer.write(sent)
    await once(peer, "end")
    expect(text).toMatch(answer)
    await expect.poll(countConnections, { timeout: 30_000 }).toBe(0)
  })
})
