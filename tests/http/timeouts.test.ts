/** Tests the timeouts of clients that send a request slowly or not at all. */
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { type Client, startClient } from "./Client.ts"
import { exchange } from "./RawSocket.ts"

// The service enforces its timeouts by real time: these tests end only when it closes the connection. They run
// concurrently.
describe.concurrent("slow senders are cut off", () => {
  let client: Client
  beforeAll(async () => {
    client = await startClient(memory)
  })
  afterAll(() => client.stop())

  /** Sends a piece at intervals, and never ends the request. */
  const trickle = (start: string, piece: string) =>
    new Promise<string>((resolve) => {
      const { hostname, port } = new URL(client.url)
      const socket = connect(Number(port), hostname)
      let text = ""
      socket.setEncoding("utf8")
      socket.on("data", (chunk) => {
        text += chunk
      })
      socket.on("error", () => undefined)
      socket.write(start)
      const timer = setInterval(() => socket.write(piece), 500)
      socket.on("close", () => {
        clearInterval(timer)
        resolve(text)
      })
    })

  const post = "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

  it("a sender that never ends the headers", async () => {
    const text = await trickle("GET /health HTTP/1.1\r\nHost: localhost\r\n", "X-Slow: 1\r\n")
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toContain('"code":"request_timeout"')
  })

  it("a sender that never ends the body", async () => {
    const text = await trickle(`${post}Content-Length: 10000\r\n\r\n`, " ")
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toContain('"code":"request_timeout"')
  })

  it("a sender that never ends the chunks", async () => {
    expect(await trickle(`${post}Transfer-Encoding: chunked\r\n\r\n`, "1\r\n \r\n")).toMatch(/^HTTP\/1\.1 408 /)
  })

  it("a sender that sends nothing", async () => {
    for (const { status } of await exchange(client.url, "")) expect(status).toBe(408)
  })
})
