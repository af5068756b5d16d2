/** Holds the reader of trace headers to W3C Trace Context. */
import { describe, expect, it } from "vitest"
import { traceContext } from "../../../adapters/http/server/request/TraceContext.ts"

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const spanId = "00f067aa0ba902b7"
const traceparent = `00-${traceId}-${spanId}-01`

describe("traceparent", () => {
  it.each([
    [traceparent, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-03`, true],
    [`00-${traceId}-${spanId}-fe`, false],
    [`01-${traceId}-${spanId}-01`, true],
    [`cc-${traceId}-${spanId}-01-what-the-future-will-be-like`, true],
  ])("%s is continued", (header, sampled) => {
    expect(traceContext({ traceparent: header })).toMatchObject({ traceId, spanId, sampled, traceState: "" })
  })

  it.each([
    "",
    "00",
    `ff-${traceId}-${spanId}-01`,
    `0-${traceId}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}-0g`,
    `00-${traceId}-${spanId}`,
    `${traceparent}-`,
    `${traceparent}-00`,
    `cc-${traceId}-${spanId}-01.what`,
    ` ${traceparent}`,
    `${traceparent}, ${traceparent}`,
    traceparent.replaceAll("-", "_"),
    traceparent.repeat(1_000),
  ])("%.80j begins a new trace", (header) => {
    expect(traceContext({ traceparent: header, tracestate: "a=1" })).toBeUndefined()
  })
})

describe("tracestate", () => {
  const stateOf = (tracestate: string) => traceContext({ traceparent, tracestate })?.traceState
  const long = (length: number): string => `a=${"x".repeat(200)},b=${"y".repeat(200)},c=${"z".repeat(length - 408)}`

  it.each([
    ["", ""],
    ["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
    [" a=1 ,\t, b=2;3:4 ! ", "a=1,b=2;3:4 !"],
    ["fw529a3039@dt=FfAAAA,0tenant@sys=1", "fw529a3039@dt=FfAAAA,0tenant@sys=1"],
    [long(512), long(512)],
  ])("%.60j is kept", (header, kept) => {
    expect(stateOf(header)).toBe(kept)
  })

  it.each([
    long(513),
    "novalue",
    "a=",
    "=1",
    "a=1=2",
    "A=1",
    "0a=1",
    "a=1,a=2",
    "a=1,b",
    "a b=1",
    "a=\u00e9",
    `${"k".repeat(257)}=1`,
    `t@${"s".repeat(15)}=1`,
    Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(","),
  ])("%.60j is dropped, and the trace is continued", (header) => {
    expect(traceContext({ traceparent, tracestate: header })).toMatchObject({ traceId, traceState: "" })
  })
})
