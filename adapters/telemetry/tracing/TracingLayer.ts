/** Provides tracing that exports spans with OTLP over HTTP. */
import { randomUUID } from "node:crypto"
import { Effect, Layer, Option } from "effect"
import { Hex } from "effect/encoding"
import { OtlpSerialization } from "effect/observability"
import { makeTraceData } from "./OtlpTraces.ts"
import { makeTracer, RecordedSpan } from "./RecordedSpan.ts"
import { makeSampler, type SamplerName } from "./Sampler.ts"
import { defaultLimits, type ExportLimits, makeSpanExporter } from "./SpanExporter.ts"
import { type RequestTracing, Tracing } from "./Tracing.ts"

/**
 * The maximum number of spans in a request, by protocol. The encoder of Protocol Buffers takes fifteen times as long as
 * that of JSON, and other requests wait meanwhile.
 */
const batchSpans = { "http/json": 256, "http/protobuf": 64 } as const

export interface TracingOptions {
  /** The collector's URL for traces. */
  readonly url: string
  readonly protocol: keyof typeof batchSpans
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly version: string
  /** More attributes of the process. */
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: SamplerName
  /** The part of the traces that a sampler of a ratio records, from 0 to 1. */
  readonly ratio: number
  readonly serverAttributes: RequestTracing["serverAttributes"]
  readonly limits?: Partial<ExportLimits>
}

/** Exports the spans of sampled requests. When the layer is released, it waits for the last ones for 3 seconds. */
export const layer = (options: TracingOptions): Layer.Layer<never> =>
  Layer.effect(Tracing, make(options)).pipe(
    Layer.provide(options.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf),
  )

const make = Effect.fnUntraced(function* (options: TracingOptions) {
  const { traces } = yield* OtlpSerialization.OtlpSerialization
  const toTraceData = makeTraceData({
    ...options,
    resource: { "service.instance.id": randomUUID(), ...options.resource },
  })
  const onEnd = yield* makeSpanExporter<RecordedSpan>({
    url: options.url,
    headers: options.headers,
    limits: { ...defaultLimits, batchSpans: batchSpans[options.protocol], ...options.limits },
    encode: (spans) => {
      const encoded = traces(toTraceData(spans))
      if (encoded._tag !== "Uint8Array") throw new Error(`the encoder made a body of the kind ${encoded._tag}`)
      return { body: new Uint8Array(encoded.body), contentType: encoded.contentType }
    },
  })
  const isSampled = makeSampler(options.sampler, options.ratio)
  return {
    tracer: makeTracer(onEnd),
    serverAttributes: options.serverAttributes,
    startTrace: ({ name, parent, startTime }) => {
      const traceId = parent?.traceId ?? Hex.random(32)
      if (!isSampled(traceId, parent)) return null
      return new RecordedSpan({
        name,
        kind: "server",
        parent: Option.fromUndefinedOr(parent),
        startTime,
        traceId,
        traceState: parent?.traceState ?? "",
        onEnd,
      })
    },
  } satisfies RequestTracing
})
