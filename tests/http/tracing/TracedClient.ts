/** Runs the service with tracing, and shows what a collector receives. */
import { Layer, Logger } from "effect"
import { afterEach, expect } from "vitest"
import * as TracingLayer from "../../../adapters/telemetry/tracing/TracingLayer.ts"
import type { ReceivedSpan } from "../../support/OtlpMessages.ts"
import { startReceiver } from "../../support/otlpReceiver.ts"
import { type Client, type SuitePorts, startClient } from "../Client.ts"

const soon = <A>(look: () => A) => expect.poll(look, { timeout: 60_000 })

/** The kinds of spans. */
export const [internal, server, client] = [1, 2, 3]
/** The statuses of spans. */
export const [unset, faulty] = [0, 2]

export interface Traced {
  readonly client: Client
  /** The bytes of every export. */
  readonly bytes: () => string
  readonly lines: () => ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly spans: () => ReadonlyArray<ReceivedSpan>
  /** Waits for the span of the one request since the last call, and returns it with all spans of its trace. */
  readonly nextTrace: (name?: string) => Promise<readonly [ReceivedSpan, ReadonlyArray<ReceivedSpan>]>
  /** Sends the last spans, and stops the service and the receiver, once. */
  readonly stop: () => Promise<void>
}

const startTraced = async (
  ports: SuitePorts,
  options: Partial<TracingLayer.TracingOptions> = {},
  settings: Parameters<typeof startClient>[1] = {},
): Promise<Traced> => {
  const receiver = await startReceiver()
  const texts: Array<string> = []
  const keep = Logger.map(Logger.formatJson, (line) => {
    texts.push(line)
  })
  const tracing = TracingLayer.layer({
    url: `${receiver.url}/v1/traces`,
    protocol: "http/json",
    headers: {},
    serviceName: "taskwright",
    version: "1.2.3",
    resource: { "deployment.environment.name": "test" },
    sampler: "parentbased_always_on",
    ratio: 1,
    serverAttributes: { "url.scheme": "https", "server.address": "tasks.example.com", "server.port": 443 },
    limits: { intervalMillis: 20 },
    ...options,
  })
  const client = await startClient(Layer.merge(ports, tracing), settings, [keep])
  const seen = new Set<string>()
  let stopped: Promise<void> | undefined
  return {
    client,
    bytes: () => receiver.exports.map(({ body }) => body.toString("latin1")).join("\n"),
    lines: () => texts.map((text) => (JSON.parse(text) as { annotations: Record<string, unknown> }).annotations),
    spans: receiver.spans,
    nextTrace: async (name) => {
      const find = () =>
        receiver
          .spans()
          .find((span) => span.kind === server && !seen.has(span.spanId) && (name === undefined || span.name === name))
      await soon(find).toBeDefined()
      const root = find()
      if (root === undefined) throw new Error("the span was there")
      for (const { kind, spanId } of receiver.spans()) if (kind === server) seen.add(spanId)
      return [root, receiver.spans().filter(({ traceId }) => traceId === root.traceId)]
    },
    stop: () => {
      stopped ??= client.stop().then(receiver.stop)
      return stopped
    },
  }
}

export const below = (spans: ReadonlyArray<ReceivedSpan>, { spanId }: ReceivedSpan): ReadonlyArray<ReceivedSpan> =>
  spans.filter(({ parentSpanId }) => parentSpanId === spanId)

/** The names of the spans as a tree, in the order of their starts. */
export const treeOf = (spans: ReadonlyArray<ReceivedSpan>, root: ReceivedSpan): unknown => {
  const children = below(spans, root).toSorted((one, other) => Number(one.start - other.start))
  return children.length === 0 ? root.name : [root.name, ...children.map((child) => treeOf(spans, child))]
}

/** Returns a function that starts a traced service, which ends with its test. A `describe` or a file calls this once. */
export const useTraced = (): ((...parameters: Parameters<typeof startTraced>) => Promise<Traced>) => {
  const running: Array<Traced> = []
  afterEach(async () => {
    for (const { stop } of running.splice(0)) await stop()
  })
  return async (...parameters) => {
    const started = await startTraced(...parameters)
    running.push(started)
    return started
  }
}
