/** Tests the request handler with routes of its own: the kinds of bodies, and the timeout of a route. */
import { once } from "node:events"
import type { Server } from "node:http"
import { Readable } from "node:stream"
import { Effect, Layer, Logger, ManagedRuntime, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { nodeServer } from "../../../adapters/http/server/connections/NodeServer.ts"
import { makeRequestHandler } from "../../../adapters/http/server/RequestHandler.ts"
import { HttpResponse } from "../../../adapters/http/server/response/HttpResponse.ts"
import type { Route, RouteHandler } from "../../../adapters/http/server/routing/Route.ts"
import { memory } from "../../../bootstrap/memory.ts"

const shortMillis = 50

const route = (path: Route["path"], deadlineMillis: number | undefined, handle: RouteHandler): Route => ({
  method: "GET",
  path,
  handle,
  deadlineMillis,
})

const respond = (body: string | Buffer | Readable): Effect.Effect<HttpResponse> =>
  Effect.sync(() => new HttpResponse(200, { "content-type": "text/plain" }, body))

describe("a response", () => {
  let server: Server
  let url: string
  const logged: Array<string> = []
  const runtime = ManagedRuntime.make(
    Layer.merge(memory, Logger.layer([Logger.map(Logger.formatJson, (line) => logged.push(line))])),
  )
  /** The stream of the newest response to `/live`. */
  let live: Readable

  beforeAll(async () => {
    const routes = [
      route("/text", shortMillis, () => respond("grüßt")),
      route("/bytes", shortMillis, () => respond(Buffer.from([1, 2, 3]))),
      route("/effect", shortMillis, () => respond(Readable.from(Stream.toAsyncIterable(Stream.make("a", "b"))))),
      route("/broken", shortMillis, () =>
        respond(Readable.from(Stream.toAsyncIterable(Stream.concat(Stream.make("a"), Stream.fail(new Error("gone")))))),
      ),
      route("/live", shortMillis, () => {
        live = new Readable({ read: () => {} })
        live.push("first")
        return respond(live)
      }),
      route("/late", shortMillis, () => Effect.never),
      route("/patient", undefined, () => Effect.delay(respond("at last"), 2 * shortMillis)),
    ]
    const handle = await runtime.runPromise(makeRequestHandler(routes))
    server = nodeServer(handle, { limitMillis: 60_000, onCut: () => undefined }).server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await runtime.dispose()
  })

  it.each([
    ["text", "/text", "grüßt", "7", null],
    ["bytes", "/bytes", "\u0001\u0002\u0003", "3", null],
    ["a stream", "/effect", "ab", null, "chunked"],
  ])("may have %s as its body", async (_, path, text, length, coding) => {
    const response = await fetch(`${url}${path}`)
    const { headers } = response
    expect([response.status, headers.get("content-length"), headers.get("transfer-encoding")]).toEqual([
      200,
      length,
      coding,
    ])
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(await response.text()).toBe(text)
  })

  it("that is a stream arrives in parts, and has no timeout once it began", async () => {
    const reader = (await fetch(`${url}/live`)).body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("first")
    await new Promise((resolve) => setTimeout(resolve, 2 * shortMillis))
    live.push("second")
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("second")
    live.push(null)
    expect((await reader?.read())?.done).toBe(true)
  })

  it("that is a stream ends when its client disconnects", async () => {
    const controller = new AbortController()
    await fetch(`${url}/live`, { signal: controller.signal })
    expect(live.destroyed).toBe(false)
    controller.abort()
    await expect.poll(() => live.destroyed).toBe(true)
  })

  it("that is a stream is not read for HEAD", async () => {
    const response = await fetch(`${url}/live`, { method: "HEAD" })
    expect([response.status, await response.text()]).toEqual([200, ""])
    expect(live.destroyed).toBe(true)
  })

  it("is cut off and logged when its stream fails", async () => {
    const response = await fetch(`${url}/broken`)
    await expect(response.text()).rejects.toThrow()
    await expect.poll(() => logged.filter((line) => line.includes("response stream failed")).length).toBe(1)
    expect((await fetch(`${url}/text`)).status).toBe(200)
  })

  it("is a 503 after the timeout of its route, and waits if the route has none", async () => {
    const late = await fetch(`${url}/late`)
    expect([late.status, late.headers.get("retry-after")]).toEqual([503, "5"])
    const patient = await fetch(`${url}/patient`)
    expect([patient.status, await patient.text()]).toEqual([200, "at last"])
  })
})
