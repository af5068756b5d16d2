/** Defines what the parts of the service need to trace requests. Without it, no span is created. */
import { Context, type Tracer } from "effect"

/** The span of the caller that a request continues, as W3C Trace Context transfers it. */
export interface RemoteParent extends Tracer.ExternalSpan {
  /** The list of other tracing systems, as the caller sent it; empty for none. */
  readonly traceState: string
}

/** Tracing of requests, if an operator has configured it. */
export interface RequestTracing {
  /** Creates the spans within a request. */
  readonly tracer: Tracer.Tracer
  /** Starts the first span of this process in a trace; null if the sampler leaves the trace out. */
  readonly startTrace: (options: {
    readonly name: string
    readonly parent: RemoteParent | undefined
    readonly startTime: bigint
  }) => Tracer.Span | null
  /** The attributes that the span of every request has. */
  readonly serverAttributes: Readonly<Record<string, string | number>>
}

/** Null: nothing is traced. */
export const Tracing = Context.Reference<RequestTracing | null>("taskwright/telemetry/Tracing", {
  defaultValue: () => null,
})
