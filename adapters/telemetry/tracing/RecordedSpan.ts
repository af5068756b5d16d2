/** Records a span until it ends. It keeps only attributes that are known to have no data of a user. */
import { Context, Exit, Option, Tracer } from "effect"
import { Hex } from "effect/encoding"
import { outcomeOf, type SpanOutcome } from "./SpanOutcome.ts"

/**
 * The attributes of the semantic conventions that are exported, by the kind of a span. The paths, queries and headers
 * of requests are not among them, and neither are the parameters of statements.
 */
const exportedAttributes: Readonly<Record<Tracer.SpanKind, ReadonlySet<string>>> = {
  server: new Set([
    "client.address",
    "error.type",
    "http.request.method",
    "http.request.method_original",
    "http.response.status_code",
    "http.route",
    "network.protocol.version",
    "server.address",
    "server.port",
    "url.scheme",
  ]),
  client: new Set(["db.operation.name", "db.query.text", "db.stored_procedure.name", "db.system.name"]),
  internal: new Set(["db.system.name"]),
  producer: new Set(),
  consumer: new Set(),
}

interface RecordedSpanOptions {
  readonly name: string
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly startTime: bigint
  readonly kind: Tracer.SpanKind
  readonly traceId: string
  readonly traceState: string
  /** Called once, when the span has ended. */
  readonly onEnd: (span: RecordedSpan) => void
}

/** A span of a sampled trace. Events and links are not recorded, because their texts can be of any kind. */
export class RecordedSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly spanId = Hex.random(16)
  readonly sampled = true
  readonly annotations = Context.empty()
  readonly links: ReadonlyArray<Tracer.SpanLink> = []
  readonly attributes = new Map<string, unknown>()
  readonly name: string
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly kind: Tracer.SpanKind
  readonly traceId: string
  /** The caller's list of other tracing systems; empty for none. */
  readonly traceState: string
  status: Tracer.SpanStatus
  /** How the work ended; null while it goes on and after a success. */
  outcome: SpanOutcome | null = null
  readonly #onEnd: (span: RecordedSpan) => void

  constructor({ kind, name, onEnd, parent, startTime, traceId, traceState }: RecordedSpanOptions) {
    this.name = name
    this.parent = parent
    this.kind = kind
    this.traceId = traceId
    this.traceState = traceState
    this.status = { _tag: "Started", startTime }
    this.#onEnd = onEnd
  }

  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    const { _tag, startTime } = this.status
    if (_tag === "Ended") return
    this.outcome = outcomeOf(exit, this.kind)
    // The clock follows the database's, so it can be set back during a span. The result, which can be large, is not
    // kept until the span is sent.
    this.status = { _tag: "Ended", startTime, endTime: endTime < startTime ? startTime : endTime, exit: Exit.void }
    this.#onEnd(this)
  }

  attribute(key: string, value: unknown): void {
    if (this.status._tag === "Started" && exportedAttributes[this.kind].has(key)) this.attributes.set(key, value)
  }

  event(): void {}

  addLinks(): void {}
}

/** Returns a tracer that records the spans below a recorded one, and no others. */
export const makeTracer = (onEnd: (span: RecordedSpan) => void): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      if (!(parent instanceof RecordedSpan)) return new Tracer.NativeSpan({ ...options, sampled: false })
      const { traceId, traceState } = parent
      return new RecordedSpan({ ...options, traceId, traceState, onEnd })
    },
  })
