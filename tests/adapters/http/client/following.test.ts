/** Holds `changes.follow` to every change once and in order, over lost connections, restarts and proxies. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, Fiber, Queue, Stream } from "effect"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import type { Client, FollowEvent, FollowOptions } from "../../../../adapters/http/client/index.ts"
import { memory } from "../../../../bootstrap/memory.ts"
import { type Client as Service, startClient } from "../../../http/Client.ts"
import { failureOf, newAccount, watchedClient } from "./WatchedClient.ts"

const { runPromise } = Effect
const streamPath = "/api/v1/changes/stream"

type Change = (request: IncomingMessage, response: ServerResponse) => boolean

/** A proxy in front of the service. `intercept` handles a request itself if it returns true. */
const startProxy = async (target: string) => {
  let intercept: Change = () => false
  const seen: Array<string> = []
  const open = new Set<ServerResponse>()
  const server = createServer((incoming, outgoing) => {
    seen.push(incoming.url ?? "")
    open.add(outgoing)
    outgoing.once("close", () => open.delete(outgoing))
    if (intercept(incoming, outgoing)) return
    const { headers, method = "GET", url = "/" } = incoming
    const forwarded = request(new URL(url, target), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      outgoing.flushHeaders()
      response.pipe(outgoing)
      response.on("error", () => outgoing.destroy())
    })
    forwarded.on("error", () => outgoing.destroy())
    outgoing.once("close", () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    openCount: () => open.size,
    intercept: (change: Change) => {
      intercept = change
    },
    /** Resets every connection. */
    cut: () => {
      for (const response of open) response.destroy()
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

describe("a client that follows changes", () => {
  let service: Service
  let proxy: Awaited<ReturnType<typeof startProxy>>
  beforeAll(async () => {
    service = await startClient(memory)
    proxy = await startProxy(service.url)
  })
  const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
  afterEach(async () => {
    proxy.intercept(() => false)
    for (const fiber of fibers.splice(0)) await runPromise(Fiber.interrupt(fiber))
  })
  afterAll(async () => {
    await proxy.stop()
    await service.stop()
  })

  const signUp = async () => {
    const { client } = watchedClient({ url: proxy.url })
    await runPromise(client.auth.register({ payload: newAccount() }))
    return client
  }
  const add = (client: Client, title: string) => runPromise(client.tasks.createTask({ payload: { title } }))

  /** Follows until the test ends, and returns the next event when it comes. */
  const follow = (client: Client, options?: FollowOptions) => {
    const events = Effect.runSync(Queue.unbounded<FollowEvent>())
    const run = Stream.runForEach(client.changes.follow(options), (event) => Queue.offer(events, event))
    const fiber = Effect.runFork(run)
    fibers.push(fiber)
    // A follower that fails never tells the next event.
    const failure = Effect.andThen(Fiber.join(fiber), Effect.never)
    return { next: () => runPromise(Effect.raceFirst(Queue.take(events), failure)), fiber }
  }
  const titleOf = (event: FollowEvent) =>
    event.event === "change" && "task" in event.change ? event.change.task?.title : event.event

  it("is told what there was since its cursor, that it is up to date, and each change as it is made", async () => {
    const client = await signUp()
    const { next_cursor: since } = await runPromise(client.changes.listChanges({ query: { since: "now" } }))
    await add(client, "Buy milk")
    const { next } = follow(client, { since })
    expect([titleOf(await next()), titleOf(await next())]).toEqual(["Buy milk", "up_to_date"])
    await add(client, "Buy bread")
    const event = await next()
    const { data, next_cursor } = await runPromise(client.changes.listChanges({ query: { since } }))
    expect(event).toEqual({ event: "change", change: data[1] })
    expect(event.event === "change" && event.change.cursor).toBe(next_cursor)
  })

  it("is told nothing old without a cursor, and only changes of the type that it wants", async () => {
    const client = await signUp()
    await add(client, "Buy milk")
    const { next } = follow(client, { types: "category" })
    expect(titleOf(await next())).toBe("up_to_date")
    await add(client, "Buy bread")
    await runPromise(client.categories.createCategory({ payload: { name: "Garden" } }))
    const event = await next()
    expect(event.event === "change" && event.change.type).toBe("category.created")
  })

  it("is told every change once and in order though its connections are cut, also while it is away", async () => {
    const client = await signUp()
    const { next } = follow(client)
    expect(titleOf(await next())).toBe("up_to_date")
    const titles: Array<string> = []
    const told: Array<string | undefined> = []
    for (let round = 0; round < 3; round++) {
      for (const title of [`Task ${round} before`, `Task ${round} after`]) {
        await add(client, title)
        titles.push(title)
        if (title.endsWith("before")) proxy.cut()
      }
      while (told.filter((title) => title !== "up_to_date").length < titles.length) told.push(titleOf(await next()))
    }
    expect(told.filter((title) => title !== "up_to_date")).toEqual(titles)
  })

  it("reads by waiting requests if a proxy holds the stream back, and takes no more time for a change", async () => {
    const client = await signUp()
    proxy.intercept(({ url = "" }, response) => {
      if (!url.startsWith(streamPath)) return false
      // The head arrives, and no byte of the body.
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.flushHeaders()
      return true
    })
    proxy.seen.length = 0
    const { next } = follow(client)
    expect(titleOf(await next())).toBe("up_to_date")
    await expect.poll(() => proxy.seen.filter((url) => url.includes("wait=25")).length).toBe(1)
    await add(client, "Buy milk")
    expect(titleOf(await next())).toBe("Buy milk")
    await add(client, "Buy bread")
    expect(titleOf(await next())).toBe("Buy bread")
    expect(proxy.seen.filter((url) => url.startsWith(streamPath)).length).toBe(1)
  }, 20_000)

  it("reads by waiting requests if the user has too many streams", async () => {
    const client = await signUp()
    const others = Array.from({ length: 5 }, () => follow(client))
    for (const { next } of others) expect(titleOf(await next())).toBe("up_to_date")
    const { next } = follow(client)
    expect(titleOf(await next())).toBe("up_to_date")
    await add(client, "Buy milk")
    expect(titleOf(await next())).toBe("Buy milk")
  }, 20_000)

  it("is told to begin anew if its cursor is of another history, and ends", async () => {
    const [client, other] = [await signUp(), await signUp()]
    await add(other, "Buy milk")
    const { next_cursor: since } = await runPromise(other.changes.listChanges())
    const events = await runPromise(Stream.runCollect(client.changes.follow({ since })))
    expect(events).toEqual([{ event: "reset", code: "cursor_reset" }])
  })

  it("is told of a reset in the middle of a stream, and ends", async () => {
    const client = await signUp()
    proxy.intercept(({ url = "" }, response) => {
      if (!url.startsWith(streamPath)) return false
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.end('retry: 1\n\nevent: unknown\ndata: {}\n\nevent: reset\ndata: {"code":"cursor_expired"}\n\n')
      return true
    })
    const events = await runPromise(Stream.runCollect(client.changes.follow()))
    expect(events).toEqual([{ event: "reset", code: "cursor_expired" }])
  })

  it("tries again after a failure that passes, and fails with one that does not", async () => {
    const client = await signUp()
    let refusals = 0
    proxy.intercept(({ url = "" }, response) => {
      if (!url.startsWith(streamPath) || refusals >= 2) return false
      refusals += 1
      response.writeHead(502, { "content-type": "text/html" })
      response.end("<h1>Bad gateway</h1>")
      return true
    })
    const { next } = follow(client)
    expect(titleOf(await next())).toBe("up_to_date")
    expect(refusals).toBe(2)
    const invalid = await failureOf(Stream.runDrain(client.changes.follow({ since: "not a cursor" })))
    expect(invalid).toMatchObject({ code: "invalid_cursor", status: 400 })
    await runPromise(client.auth.logOut())
    expect(await failureOf(Stream.runDrain(client.changes.follow()))).toMatchObject({ code: "unauthorized" })
  }, 20_000)

  it("closes its connection when the program reads no more", async () => {
    const client = await signUp()
    const { fiber, next } = follow(client)
    expect(titleOf(await next())).toBe("up_to_date")
    expect(proxy.openCount()).toBe(1)
    await runPromise(Fiber.interrupt(fiber))
    await expect.poll(() => proxy.openCount()).toBe(0)
    const first = await runPromise(Stream.runHead(client.changes.follow()))
    expect(first._tag).toBe("Some")
    await expect.poll(() => proxy.openCount()).toBe(0)
  })

  it("shows no token in an error of the stream", async () => {
    const client = await signUp()
    proxy.intercept(({ url = "" }, response) => {
      if (!url.startsWith(streamPath)) return false
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.end("event: change\ndata: {}\n\n")
      return true
    })
    const failure = await failureOf(Stream.runDrain(client.changes.follow()))
    expect(failure).toMatchObject({ code: "unexpected_response", path: streamPath, status: 200 })
    expect(JSON.stringify(failure)).not.toMatch(/Bearer|eyJ/)
  })
})
