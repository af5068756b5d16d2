/** Holds a server process to its traces: at the stop, while its collector is away, and by its settings. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { type OtlpReceiver, startReceiver } from "../support/otlpReceiver.ts"
import { freePort } from "../support/RedisServer.ts"
import { refusedStart, type ServerProcess, startOnNewDatabase } from "../support/serverProcess.ts"

const secret = "hunter2-in-a-header"

const linesOf = ({ output }: ServerProcess): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))

describe("a server with a collector", () => {
  const ends: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  })
  const collector = async (): Promise<OtlpReceiver> => {
    const receiver = await startReceiver()
    ends.push(receiver.stop)
    return receiver
  }
  const start = async (settings: Record<string, string>): Promise<ServerProcess> => {
    const server = await startOnNewDatabase({ RATE_LIMIT_IP: "1000000", ...settings })
    ends.push(async () => {
      if (server.child.exitCode === null) await server.end("SIGKILL")
    })
    return server
  }

  it("has sent the spans of every request when it has stopped", async () => {
    const receiver = await collector()
    const folder = mkdtempSync(join(tmpdir(), "taskwright-"))
    ends.push(async () => rmSync(folder, { recursive: true }))
    const file = join(folder, "headers")
    writeFileSync(file, `api-key=${secret}\n`)
    const server = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/otlp`,
      OTEL_EXPORTER_OTLP_HEADERS_FILE: file,
      OTEL_RESOURCE_ATTRIBUTES: "service.name=tasks,host.name=one",
    })
    const body = JSON.stringify({ email: "ada@example.com", password: "Correct Horse 1", full_name: "Ada" })
    const headers = { "content-type": "application/json" }
    const registered = await fetch(`${server.url}/api/v1/auth/register`, { method: "POST", headers, body })
    expect(registered.status).toBe(201)
    const requests = 700
    await Promise.all(Array.from({ length: requests }, () => fetch(`${server.url}/health`)))
    expect(await server.end("SIGTERM")).toBe(0)
    const spans = receiver.spans()
    expect(spans.filter(({ name }) => name === "GET /health")).toHaveLength(requests)
    expect(spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["register", "INSERT accounts INSERT change_heads"]),
    )
    expect(spans[0]?.resource).toMatchObject({ "service.name": "tasks", "host.name": "one" })
    expect(spans.find(({ kind }) => kind === 2)?.attributes).toMatchObject({ "url.scheme": "http", "server.port": 80 })
    expect(receiver.exports[0]).toMatchObject({
      path: "/otlp/v1/traces",
      headers: { "api-key": secret, "content-type": "application/json" },
    })
    const line = linesOf(server).find(({ route }) => route === "POST /api/v1/auth/register")
    const root = spans.find(({ name }) => name === "POST /api/v1/auth/register")
    expect(line).toMatchObject({ trace_id: root?.traceId, span_id: root?.spanId })
    expect(server.output()).not.toContain(secret)
  })

  it("that is away serves as ever, and logs that once", async () => {
    const server = await start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${secret}`,
    })
    const warnings = () => linesOf(server).filter(({ level }) => level === "WARN")
    await expect
      .poll(
        async () => {
          const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(`${server.url}/health`)))
          expect(answers.every(({ status }) => status === 200)).toBe(true)
          return warnings().length
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(1)
    expect(warnings()[0]?.["message"]).toMatch(/^Traces: .* accepts no spans \(ECONNREFUSED\)\./)
    expect(await server.end("SIGTERM")).toBe(0)
    expect(warnings().map(({ message }) => message)).toEqual([
      expect.stringContaining("accepts no spans"),
      expect.stringMatching(/^Traces: \d+ spans were dropped\.$/),
    ])
    expect(server.output()).not.toContain(secret)
  })

  it("that is silent stops all the same", async () => {
    const receiver = await collector()
    receiver.answerWith(null)
    const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    expect(await server.end("SIGTERM")).toBe(0)
    expect(receiver.exports).toHaveLength(1)
  })

  it("traces nothing if tracing is disabled, or without a sampled trace", async () => {
    const receiver = await collector()
    for (const more of [{ OTEL_SDK_DISABLED: "true" }, { OTEL_TRACES_SAMPLER: "always_off" }]) {
      const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...more } as Record<string, string>)
      expect((await fetch(`${server.url}/health`)).status).toBe(200)
      expect(await server.end("SIGTERM")).toBe(0)
      expect(linesOf(server).find(({ route }) => route === "GET /health")).not.toHaveProperty("trace_id")
    }
    expect(receiver.exports).toEqual([])
  })

  it.each([
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", 'takes http/json or http/protobuf, not "grpc"'],
    ["OTEL_TRACES_SAMPLER", "jaeger_remote", "takes always_on, always_off, traceidratio,"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "takes an absolute http or https URL"],
  ])("does not start with %s=%s, and says so in one line", async (name, value, message) => {
    const { code, output } = await refusedStart({ DATA_DIR: "memory:", [name]: value })
    expect(code).toBe(1)
    expect(output.trim().split("\n")).toEqual([expect.stringContaining(`taskwright: ${name} ${message}`)])
  })
})
