/** Encodes recorded spans as a request of OTLP, the protocol of OpenTelemetry. */
import { Option } from "effect"
import type { OtlpTracer } from "effect/observability"
import { OtlpResource } from "effect/observability"
import { querySummary } from "./QuerySummary.ts"
import type { RecordedSpan } from "./RecordedSpan.ts"

/** The version of the semantic conventions that the names of the attributes are from. */
const schemaUrl = "https://opentelemetry.io/schemas/1.37.0"

type TraceData = OtlpTracer.TraceData
type OtlpSpan = TraceData["resourceSpans"][number]["scopeSpans"][number]["spans"][number]

/** The values of the protocol. */
const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
const [unset, faulty] = [0, 2] as const
/** Flags: the trace is sampled; it is known whether the parent is of another process; it is. */
const [isSampled, isParentKnown, isParentRemote] = [0x1, 0x100, 0x200] as const

export interface TraceSource {
  /** The attributes of the process. */
  readonly resource: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly version: string
}

/** Returns a function that encodes spans of the source. */
export const makeTraceData = ({ resource: attributes, serviceName, version }: TraceSource) => {
  const resource = OtlpResource.make({ serviceName, attributes })
  const scope = { name: "taskwright", version }
  return (spans: ReadonlyArray<RecordedSpan>): TraceData => ({
    resourceSpans: [{ resource, schemaUrl, scopeSpans: [{ scope, schemaUrl, spans: spans.map(toOtlpSpan) }] }],
  })
}

/** The library's type lacks two fields that its encoders write. */
const toOtlpSpan = (span: RecordedSpan): OtlpSpan & { readonly traceState: string; readonly flags: number } => {
  const { outcome, parent, status } = span
  const endTime = status._tag === "Ended" ? status.endTime : status.startTime
  const attributes = new Map(span.attributes)
  const text = attributes.get("db.query.text")
  if (typeof text === "string") {
    attributes.delete("db.query.text")
    attributes.set("db.query.summary", querySummary(text))
  }
  if (outcome?.isFault === true && !attributes.has("error.type")) attributes.set("error.type", outcome.error)
  if (outcome?.isFault === false) attributes.set("taskwright.domain_error", outcome.error)
  const isRemote = Option.isSome(parent) && parent.value._tag === "ExternalSpan"
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState,
    parentSpanId: Option.isSome(parent) ? parent.value.spanId : undefined,
    flags: isSampled | isParentKnown | (isRemote ? isParentRemote : 0),
    name: nameOf(span.name, attributes),
    kind: kinds[span.kind],
    startTimeUnixNano: String(status.startTime),
    endTimeUnixNano: String(endTime),
    attributes: OtlpResource.entriesToAttributes(attributes),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: outcome?.isFault === true ? faulty : unset },
  }
}

/** Names the span of a statement or a command by what it does. The libraries name all of them alike. */
const nameOf = (name: string, attributes: ReadonlyMap<string, unknown>): string => {
  if (name === "sql.transaction") return "transaction"
  const summary = attributes.get("db.query.summary")
  const operation = [attributes.get("db.operation.name"), attributes.get("db.stored_procedure.name")]
  return summary === undefined ? operation.filter((part) => part !== undefined).join(" ") || name : String(summary)
}
