/** Makes the span of a request, by OpenTelemetry's semantic conventions for HTTP servers. */
import { Context, Exit, References, Tracer } from "effect"
import type { RequestTracing } from "../../../telemetry/tracing/Tracing.ts"
import { traceContext } from "../request/TraceContext.ts"

/** The methods that the conventions know. Node's parser accepts some others. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"])

/** Starts the span of a request; null if its trace is not sampled. It ends with `endRequestSpan`. */
export const startRequestSpan = (
  { serverAttributes, startTrace }: RequestTracing,
  request: {
    readonly method?: string | undefined
    readonly httpVersion: string
    readonly headers: Parameters<typeof traceContext>[0]
  },
  route: string | undefined,
  address: string,
  startTime: bigint,
): Tracer.Span | null => {
  const { headers, httpVersion, method = "" } = request
  const isKnown = methods.has(method)
  const verb = isKnown ? method : "HTTP"
  const name = route === undefined ? verb : `${verb} ${route}`
  const span = startTrace({ name, parent: traceContext(headers), startTime })
  if (span === null) return null
  for (const [key, value] of Object.entries(serverAttributes)) span.attribute(key, value)
  span.attribute("http.request.method", isKnown ? method : "_OTHER")
  if (!isKnown) span.attribute("http.request.method_original", method)
  if (route !== undefined) span.attribute("http.route", route)
  span.attribute("client.address", address)
  span.attribute("network.protocol.version", httpVersion)
  return span
}

/** Ends the span of a request with the status of its response; null if the client did not wait for one. */
export const endRequestSpan = (span: Tracer.Span, status: number | null, endTime: bigint): void => {
  if (status !== null) span.attribute("http.response.status_code", status)
  const error = status === null ? "client_disconnected" : status >= 500 ? String(status) : undefined
  if (error !== undefined) span.attribute("error.type", error)
  span.end(endTime, error === undefined ? Exit.void : Exit.die(error))
}

/** Adds the span to the services of a request, so that the work of the request gets spans below it. */
export const withRequestSpan = <R>(
  services: Context.Context<R>,
  { tracer }: RequestTracing,
  span: Tracer.Span,
): Context.Context<R> =>
  services.pipe(
    Context.add(References.TracerEnabled, true),
    Context.add(Tracer.Tracer, tracer),
    Context.add(Tracer.ParentSpan, span),
  )
