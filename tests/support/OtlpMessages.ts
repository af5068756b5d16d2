/** Reads spans from requests of OTLP, in both of its encodings. */

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string
  readonly traceState: string
  readonly flags: number
  readonly name: string
  readonly kind: number
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: number
  readonly status: number
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: Readonly<Record<string, unknown>>
}

/** Returns the spans in the body of a request. */
export const readSpans = (body: Buffer, contentType: string | undefined): ReadonlyArray<ReceivedSpan> =>
  contentType === "application/json" ? readJson(JSON.parse(body.toString())) : readProtobuf(body)

interface JsonAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface JsonTraces {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: ReadonlyArray<JsonAttribute> }
    readonly scopeSpans: ReadonlyArray<{
      readonly scope: Readonly<Record<string, unknown>>
      readonly spans: ReadonlyArray<{
        readonly traceId: string
        readonly spanId: string
        readonly parentSpanId?: string
        readonly traceState?: string
        readonly flags: number
        readonly name: string
        readonly kind: number
        readonly startTimeUnixNano: string
        readonly endTimeUnixNano: string
        readonly attributes: ReadonlyArray<JsonAttribute>
        readonly events: ReadonlyArray<unknown>
        readonly status: { readonly code: number }
      }>
    }>
  }>
}

const recordOf = (attributes: ReadonlyArray<JsonAttribute>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const readJson = ({ resourceSpans }: JsonTraces): ReadonlyArray<ReceivedSpan> =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        parentSpanId: span.parentSpanId ?? "",
        traceState: span.traceState ?? "",
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        attributes: recordOf(span.attributes),
        events: span.events.length,
        status: span.status.code,
        resource: recordOf(resource.attributes),
        scope,
      })),
    ),
  )

/** The fields of a message of Protocol Buffers: a number, or bytes, for each time that a field occurs. */
type Fields = ReadonlyMap<number, ReadonlyArray<bigint | Buffer>>

const readFields = (bytes: Buffer): Fields => {
  const fields = new Map<number, Array<bigint | Buffer>>()
  let at = 0
  const readVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const readBytes = (length: number): Buffer => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(readVarint())
    const values = fields.get(tag >> 3) ?? []
    fields.set(tag >> 3, values)
    const type = tag & 7
    if (type === 0) values.push(readVarint())
    else if (type === 1) values.push(readBytes(8))
    else if (type === 2) values.push(readBytes(Number(readVarint())))
    else if (type === 5) values.push(BigInt(readBytes(4).readUInt32LE()))
    else throw new Error(`a field of the unknown type ${type}`)
  }
  return fields
}

const bytesIn = (fields: Fields, field: number): ReadonlyArray<Buffer> =>
  (fields.get(field) ?? []).filter((value) => Buffer.isBuffer(value))
const firstIn = (fields: Fields, field: number): Buffer => bytesIn(fields, field)[0] ?? Buffer.alloc(0)
const numberIn = (fields: Fields, field: number): number => {
  const [value] = fields.get(field) ?? []
  return typeof value === "bigint" ? Number(value) : 0
}
const messagesIn = (fields: Fields, field: number): ReadonlyArray<Fields> => bytesIn(fields, field).map(readFields)

const attributesIn = (fields: Fields, field: number): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    messagesIn(fields, field).map((pair) => {
      const value = readFields(firstIn(pair, 2))
      return [firstIn(pair, 1).toString(), value.has(3) ? numberIn(value, 3) : firstIn(value, 1).toString()]
    }),
  )

const readProtobuf = (body: Buffer): ReadonlyArray<ReceivedSpan> =>
  messagesIn(readFields(body), 1).flatMap((resourceSpans) => {
    const resource = attributesIn(readFields(firstIn(resourceSpans, 1)), 1)
    return messagesIn(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = readFields(firstIn(scopeSpans, 1))
      return messagesIn(scopeSpans, 2).map((span) => ({
        traceId: firstIn(span, 1).toString("hex"),
        spanId: firstIn(span, 2).toString("hex"),
        traceState: firstIn(span, 3).toString(),
        parentSpanId: firstIn(span, 4).toString("hex"),
        name: firstIn(span, 5).toString(),
        kind: numberIn(span, 6),
        start: firstIn(span, 7).readBigUInt64LE(),
        end: firstIn(span, 8).readBigUInt64LE(),
        attributes: attributesIn(span, 9),
        events: bytesIn(span, 11).length,
        status: numberIn(readFields(firstIn(span, 15)), 3),
        flags: numberIn(span, 16),
        resource,
        scope: { name: firstIn(scope, 1).toString(), version: firstIn(scope, 2).toString() },
      }))
    })
  })
