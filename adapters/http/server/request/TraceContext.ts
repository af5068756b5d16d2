/** Reads the trace that a request continues from its headers, by W3C Trace Context. */
import type { IncomingHttpHeaders } from "node:http"
import { Tracer } from "effect"
import type { RemoteParent } from "../../../telemetry/tracing/Tracing.ts"

/** The fields of version 00. A later version may append more. */
const traceParent =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|(?<!^00.{53})-)/
const isSampled = 0x1

const maxStateLength = 512
const maxStateMembers = 32
const stateMember =
  /^(?:[a-z][\w*/-]{0,255}|[a-z0-9][\w*/-]{0,240}@[a-z][\w*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Returns the caller's span; undefined if there is none, or if its header is malformed. */
export const traceContext = (headers: IncomingHttpHeaders): RemoteParent | undefined => {
  const { traceparent, tracestate } = headers
  if (typeof traceparent !== "string") return undefined
  const [, , traceId, spanId, flags] = traceParent.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined) return undefined
  const sampled = (Number.parseInt(flags ?? "", 16) & isSampled) === isSampled
  return { ...Tracer.externalSpan({ traceId, spanId, sampled }), traceState: readState(tracestate) }
}

/** Returns the list of other tracing systems; empty if it is malformed or longer than 512 characters. */
const readState = (header: string | ReadonlyArray<string> | undefined): string => {
  const text = typeof header === "string" ? header.trim() : (header?.join(",") ?? "")
  if (text.length > maxStateLength) return ""
  const members = text
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "")
  const keys = new Set(members.map((member) => member.split("=", 1)[0]))
  const isValid = members.length <= maxStateMembers && keys.size === members.length
  return isValid && members.every((member) => stateMember.test(member)) ? members.join(",") : ""
}
