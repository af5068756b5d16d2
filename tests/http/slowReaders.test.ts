/** Tests the service with clients that do not read their responses, or read them slowly. */
import { connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { type Client, register, startClient } from "./Client.ts"

/** Enough responses to exceed the system's buffers, for a client on this machine. */
const several = 5

const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

describe("readers that do not read", () => {
  let client: Client
  const sockets: Array<Socket> = []
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await client.stop()
  })

  /** Sends the request and reads nothing of the response. */
  const ask = async (request: string): Promise<Socket> => {
    const { hostname, port } = new URL(client.url)
    const socket = connect(Number(port), hostname)
    sockets.push(socket)
    socket.on("error", () => undefined)
    socket.pause()
    await new Promise((resolve) => socket.once("connect", resolve))
    socket.write(request)
    return socket
  }

  it("are cut off, and others are served meanwhile", async () => {
    client = await startClient(memory, { stalledReaderMillis: 300 })
    const readers = await Promise.all(Array.from({ length: 10 }, () => ask(get("/docs").repeat(several))))
    const closed = readers.map((socket) => new Promise((resolve) => socket.once("close", resolve)))
    expect((await client.ask("GET", "/health")).status).toBe(200)
    // A paused socket does not detect the reset, but a write to it does.
    const nudge = setInterval(() => {
      for (const socket of readers) socket.write("\r\n")
    }, 50)
    await Promise.all(closed)
    clearInterval(nudge)
    const { status, text } = await client.ask("GET", "/docs")
    expect([status, text.length > 1_000_000]).toEqual([200, true])
  })

  it.runIf(process.platform === "linux")("are cut off though the system took the whole response", async () => {
    client = await startClient(memory, { stalledReaderMillis: 300 })
    const { length } = (await client.ask("GET", "/docs")).text
    const reader = await ask(get("/docs"))
    const closed = new Promise((resolve) => reader.once("close", resolve))
    const nudge = setInterval(() => reader.write("\r\n"), 50)
    await closed
    clearInterval(nudge)
    expect(reader.bytesRead).toBeLessThan(length)
  })

  it("are cut off from lists too", async () => {
    client = await startClient(memory, { stalledReaderMillis: 300 })
    const { access_token: token } = await register(client)
    for (let number = 0; number < 100; number++) {
      const body = { title: `task ${number}`, description: "\u{1f600}".repeat(2000) }
      await client.ask("POST", "/api/v1/tasks", { token, body })
    }
    const list = get("/api/v1/tasks?limit=100", `Authorization: Bearer ${token}\r\n`)
    const reader = await ask(list.repeat(20))
    const closed = new Promise((resolve) => reader.once("close", resolve))
    const nudge = setInterval(() => reader.write("\r\n"), 50)
    await closed
    clearInterval(nudge)
  })

  it("hold no copy of what they were to read", async () => {
    client = await startClient(memory, { stalledReaderMillis: 600_000 })
    const { length } = (await client.ask("GET", "/docs")).text
    const before = process.memoryUsage().rss
    for (let count = 0; count < 200; count++) await ask(get("/docs").repeat(several))
    // When a later request has a response, all earlier ones have theirs.
    expect((await client.ask("GET", "/docs")).text).toHaveLength(length)
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * length)
  })

  it("get all of it if they read slowly", async () => {
    client = await startClient(memory, { stalledReaderMillis: 600_000 })
    const whole = (await client.ask("GET", "/docs")).text
    const reader = await ask(get("/docs", "Connection: close\r\n"))
    const parts: Array<Buffer> = []
    reader.on("data", (part: Buffer) => {
      parts.push(part)
      reader.pause()
      void sleep(1).then(() => reader.resume())
    })
    reader.resume()
    await new Promise((resolve) => reader.once("end", resolve))
    const text = Buffer.concat(parts).toString()
    expect(text.slice(text.indexOf("\r\n\r\n") + 4) === whole).toBe(true)
  })
})
