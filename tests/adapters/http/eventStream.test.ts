/** Tests the parts of an event stream: its frames, its body, and which clients take one. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { acceptsEventStream } from "../../../adapters/http/server/streams/AcceptEventStream.ts"
import { makeEventBody } from "../../../adapters/http/server/streams/EventBody.ts"
import {
  changeFrame,
  expiringFrame,
  keepAliveFrame,
  resetFrame,
  retryFrame,
  upToDateFrame,
} from "../../../adapters/http/server/streams/EventFrames.ts"

describe("frames", () => {
  it("are lines that end in an empty one, and only a change has an id", () => {
    const change = { cursor: "1-0a", title: "a\nb\r\u2028c" } as never
    expect(changeFrame(change)).toBe('id: 1-0a\nevent: change\ndata: {"cursor":"1-0a","title":"a\\nb\\r\u2028c"}\n\n')
    const controls = [
      upToDateFrame("1-0a"),
      resetFrame("cursor_reset"),
      expiringFrame("2026-11-26T00:00:00.000Z"),
      retryFrame(1_500),
      keepAliveFrame,
    ]
    expect(controls).toEqual([
      'event: up_to_date\ndata: {"cursor":"1-0a"}\n\n',
      'event: reset\ndata: {"code":"cursor_reset"}\n\n',
      'event: expiring\ndata: {"at":"2026-11-26T00:00:00.000Z"}\n\n',
      "retry: 1500\n\n",
      ": keep-alive\n\n",
    ])
  })
})

describe("the body of a stream", () => {
  it.effect("takes frames at once while little is unread, and waits for the reader otherwise", () =>
    Effect.gen(function* () {
      const body = makeEventBody({ bytes: 10, millis: 1_000 })
      expect(yield* body.write("12345")).toBe(true)
      const waiting = yield* Effect.forkChild(body.write("67890"))
      yield* TestClock.adjust("999 millis")
      expect(waiting.pollUnsafe()).toBeUndefined()
      body.push("never sent")
      expect([String(body.readable.read()), String(body.readable.read())]).toEqual(["12345", "67890"])
      expect(yield* Fiber.join(waiting)).toBe(true)
      body.push("sent")
      expect(String(body.readable.read())).toBe("sent")
    }),
  )

  it.effect("gives up on a reader that leaves too much unread for too long", () =>
    Effect.gen(function* () {
      const body = makeEventBody({ bytes: 10, millis: 1_000 })
      const waiting = yield* Effect.forkChild(body.write("1234567890"))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(waiting)).toBe(false)
    }),
  )

  it.effect("ends after what is unread, and takes nothing from then on", () =>
    Effect.gen(function* () {
      const body = makeEventBody({ bytes: 10, millis: 1_000 })
      expect(yield* body.write("12345")).toBe(true)
      body.end()
      body.end()
      body.push("late")
      expect(yield* body.write("later")).toBe(true)
      const parts = yield* Effect.promise(() => body.readable.toArray())
      expect(parts.map(String).join("")).toBe("12345")
    }),
  )
})

describe("a client takes an event stream", () => {
  it.each([
    undefined,
    "",
    " ",
    "*/*",
    "text/*",
    "TEXT/Event-Stream",
    "application/json, text/event-stream;q=0.1",
    "text/html, */*;q=0.1",
  ])("with Accept: %s", (accept) => expect(acceptsEventStream(accept)).toBe(true))
  it.each([
    "application/json",
    "text/html",
    "text/event-stream;q=0",
    "*/*, text/event-stream; q=0",
    "text/*;q=0, */*",
    "x",
  ])("not with Accept: %s", (accept) => expect(acceptsEventStream(accept)).toBe(false))
})
