/** Holds the exporter of spans to its limits while the collector is down, slow or refuses. */
import { createServer } from "node:net"
import { Effect, Exit, Logger, Scope } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { defaultLimits, type ExportLimits, makeSpanExporter } from "../../../adapters/telemetry/tracing/SpanExporter.ts"
import { metricValue } from "../../support/metrics.ts"
import { type OtlpReceiver, startReceiver } from "../../support/otlpReceiver.ts"
import { freePort } from "../../support/RedisServer.ts"

const secret = "hunter2-in-a-header"
const quick = { intervalMillis: 20, minBackoffMillis: 5, maxBackoffMillis: 20 }

/** The machine may be busy with other tests. */
const soon = <A>(look: () => A) => expect.poll(look, { timeout: 60_000 })

const metric = (name: string): number => metricValue(`taskwright_trace_spans_${name}_total`)

describe("the exporter", () => {
  const ends: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  })

  const collector = async (port = 0): Promise<OtlpReceiver> => {
    const receiver = await startReceiver(port)
    ends.push(receiver.stop)
    return receiver
  }

  /** Starts an exporter of texts, and records its log and how many spans it has sent and dropped. */
  const start = async (url: string, limits: Partial<ExportLimits> = quick) => {
    const scope = Scope.makeUnsafe()
    const lines: Array<string> = []
    const keep = Logger.make(({ logLevel, message }) => {
      lines.push(`${logLevel} ${message}`)
    })
    const push = await makeSpanExporter<string>({
      url: `${url}/v1/traces`,
      headers: { "api-key": secret },
      encode: (spans) => ({ body: new Uint8Array(Buffer.from(spans.join(","))), contentType: "text/plain" }),
      limits: { ...defaultLimits, ...limits },
    }).pipe(Scope.provide(scope), Effect.provide(Logger.layer([keep])), Effect.runPromise)
    const before = [metric("exported"), metric("dropped")] as const
    let isOpen = true
    const close = async () => {
      if (isOpen) await Effect.runPromise(Scope.close(scope, Exit.void))
      isOpen = false
    }
    ends.push(close)
    return {
      push: (...spans: ReadonlyArray<string>) => spans.forEach(push),
      close,
      lines,
      counts: () => ({ exported: metric("exported") - before[0], dropped: metric("dropped") - before[1] }),
    }
  }

  const bodies = ({ exports }: OtlpReceiver): ReadonlyArray<string> => exports.map(({ body }) => body.toString())

  it("sends full batches at once, and the rest after the interval", async () => {
    const receiver = await collector()
    const { counts, lines, push } = await start(receiver.url, { batchSpans: 3, intervalMillis: 50 })
    push("a", "b", "c", "d", "e", "f", "g")
    await soon(() => bodies(receiver)).toEqual(["a,b,c", "d,e,f", "g"])
    await soon(counts).toEqual({ exported: 7, dropped: 0 })
    expect(receiver.exports[0]).toMatchObject({
      path: "/v1/traces",
      headers: { "api-key": secret, "content-type": "text/plain" },
    })
    expect(lines).toEqual([])
  })

  it("waits for the interval otherwise, and sends nothing without spans", async () => {
    const receiver = await collector()
    const { close, push } = await start(receiver.url, { batchSpans: 3, intervalMillis: 3_600_000 })
    push("a", "b")
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(bodies(receiver)).toEqual([])
    await close()
    expect(bodies(receiver)).toEqual(["a,b"])
    const idle = await start(receiver.url)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await idle.close()
    expect(bodies(receiver)).toEqual(["a,b"])
  })

  it.each([429, 502, 503, 504])("retries after %i, and logs the outage and its end once", async (status) => {
    const receiver = await collector()
    receiver.answerWith(status)
    const { counts, lines, push } = await start(receiver.url, { ...quick, attempts: 1_000 })
    push("a")
    await soon(() => receiver.exports.length).toBeGreaterThan(3)
    push("b")
    receiver.answerWith(200)
    await soon(counts).toEqual({ exported: 2, dropped: 0 })
    expect(lines).toEqual([
      `Warn Traces: ${receiver.url} accepts no spans (status ${status}). Requests are served without them.`,
      expect.stringMatching(/^Info Traces: .* accepts spans again after [\d.]+ s; 0 spans were dropped\.$/),
    ])
  })

  it.each([400, 401, 404, 500, 302])("drops a batch after %i, and goes on with the next", async (status) => {
    const receiver = await collector()
    receiver.answerWith(status, { location: `${receiver.url}/elsewhere` })
    const { counts, lines, push } = await start(receiver.url)
    push("a")
    await soon(counts).toEqual({ exported: 0, dropped: 1 })
    receiver.answerWith(200)
    push("b")
    await soon(counts).toEqual({ exported: 1, dropped: 1 })
    expect(bodies(receiver)).toEqual(["a", "b"])
    expect(lines[0]).toContain(`(status ${status})`)
    expect(lines[1]).toContain("1 spans were dropped")
  })

  it("waits as long as Retry-After asks, up to its own maximum", async () => {
    const receiver = await collector()
    receiver.answerWith(503, { "retry-after": "3600" })
    const { close, push } = await start(receiver.url, { ...quick, maxBackoffMillis: 3_600_000 })
    push("a")
    await soon(() => receiver.exports.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(receiver.exports).toHaveLength(1)
    // The end of the process does not wait for it.
    receiver.answerWith(200)
    await close()
    expect(bodies(receiver)).toEqual(["a", "a"])
  })

  it("holds a bounded number of spans while no collector listens, and logs one line", async () => {
    const port = await freePort()
    const { counts, lines, push } = await start(`http://127.0.0.1:${port}`, {
      ...quick,
      waitingSpans: 10,
      batchSpans: 5,
      attempts: 1_000_000,
    })
    push(...Array.from({ length: 100 }, (_, index) => String(index)))
    expect(counts()).toEqual({ exported: 0, dropped: 90 })
    await soon(() => lines.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    push("more")
    expect(counts()).toEqual({ exported: 0, dropped: 91 })
    expect(lines).toEqual([expect.stringContaining("accepts no spans (ECONNREFUSED)")])
    const receiver = await collector(port)
    await soon(counts).toEqual({ exported: 10, dropped: 91 })
    expect(bodies(receiver)).toEqual(["0,1,2,3,4", "5,6,7,8,9"])
    expect(lines[1]).toContain("91 spans were dropped")
    expect(lines.join()).not.toContain(secret)
  })

  it("drops a batch after its last attempt", async () => {
    const receiver = await collector()
    receiver.answerWith(503)
    const { counts, lines, push } = await start(receiver.url, { ...quick, attempts: 3 })
    push("a", "b")
    await soon(counts).toEqual({ exported: 0, dropped: 2 })
    expect(bodies(receiver)).toEqual(["a,b", "a,b", "a,b"])
    expect(lines).toHaveLength(1)
  })

  it("gives up on a silent collector, and logs one line", async () => {
    const receiver = await collector()
    receiver.answerWith(null)
    const { counts, lines, push } = await start(receiver.url, {
      ...quick,
      batchSpans: 1,
      attempts: 2,
      requestTimeoutMillis: 50,
    })
    push("a", "b", "c", "d")
    await soon(counts).toEqual({ exported: 0, dropped: 4 })
    expect(lines).toEqual([expect.stringContaining("accepts no spans (TimeoutError)")])
    receiver.answerWith(200)
  })

  it("has one request open at a time, and ends though it gets no answer", async () => {
    const receiver = await collector()
    receiver.answerWith(null)
    const { close, lines, push } = await start(receiver.url, {
      ...quick,
      batchSpans: 2,
      requestTimeoutMillis: 3_600_000,
      shutdownMillis: 100,
    })
    push("a", "b", "c")
    await soon(() => receiver.exports.length).toBe(1)
    push(...Array.from({ length: 97 }, String))
    // One request is open at a time, however many spans wait.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await close()
    expect(receiver.exports).toHaveLength(1)
    expect(lines).toEqual(["Warn Traces: 100 spans were dropped."])
  })

  it("sends all that waits at the end, in batches", async () => {
    const receiver = await collector()
    const { close, counts, push } = await start(receiver.url, { batchSpans: 2, intervalMillis: 3_600_000 })
    push("a", "b", "c", "d", "e")
    await close()
    expect(bodies(receiver)).toEqual(["a,b", "c,d", "e"])
    expect(counts()).toEqual({ exported: 5, dropped: 0 })
  })

  it("reports a collector that fails now and then once", async () => {
    const receiver = await collector()
    const { counts, lines, push } = await start(receiver.url)
    for (let round = 1; round <= 3; round++) {
      receiver.answerWith(400)
      push("a")
      await soon(counts).toEqual({ exported: round - 1, dropped: round })
      receiver.answerWith(200)
      push("b")
      await soon(counts).toEqual({ exported: round, dropped: round })
    }
    expect(lines).toHaveLength(2)
  })

  it("does not read what a collector answers", async () => {
    let written = 0
    const endless = createServer((socket) => {
      socket.on("error", () => undefined)
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        const more = () => {
          if (socket.destroyed) return
          written += 65_536
          socket.write(`10000\r\n${"x".repeat(65_536)}\r\n`, more)
        }
        more()
      })
    }).listen(0, "127.0.0.1")
    await new Promise((resolve) => endless.once("listening", resolve))
    const address = endless.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const { counts, push } = await start(`http://127.0.0.1:${port}`)
    push("a")
    await soon(counts).toEqual({ exported: 1, dropped: 0 })
    expect(written).toBeLessThan(64 * 2 ** 20)
    endless.close()
  })
})
