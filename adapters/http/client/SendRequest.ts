/** Sends one request of an endpoint, and turns the result into a value or an error of the client. */
import { Cause, Effect, Option, type Stream, type Tracer } from "effect"
import { FetchHttpClient, type Headers, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { HttpApiClient, type HttpApiEndpoint, HttpApiSchema } from "effect/http-api"
import { Api } from "../api/v1/Api.ts"
import { type AnyProblem, type FailedCall, NetworkError, ProblemError, UnexpectedResponse } from "./ClientErrors.ts"
import { foreignName, isUnreadable, mismatches, systemCode } from "./FailureReasons.ts"
import { readRetryAfterMillis } from "./RateLimitHeaders.ts"
import { bufferBody, ResponseTooLarge } from "./ReadBody.ts"

/** The input of a call. The types of the client's methods have checked each part against the endpoint. */
export interface AnyInput {
  readonly headers?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | ReadonlyArray<string>>>
  readonly payload?: unknown
}

/** A request that failed, with the facts that decide whether it may be retried. */
export interface RequestFailure {
  readonly error: ProblemError | NetworkError | UnexpectedResponse
  /** The response's status; null if there was no response. */
  readonly status: number | null
  /**
   * How long the response asks the client to wait before the next request, in milliseconds; null if it does not say.
   */
  readonly retryAfterMillis: number | null
}

export interface SendRequestOptions {
  readonly httpClient: HttpClient.HttpClient
  readonly url: string
  readonly requestTimeoutMillis: number
  /** Receives the headers of every response. */
  readonly onResponse: (headers: Headers.Headers) => void
}

export type SendRequest = (input: AnyInput, accessToken: string | null) => Effect.Effect<unknown, RequestFailure>

type Endpoint = Pick<HttpApiEndpoint.Top, "identifier" | "method" | "path">

/** Returns a function that sends one request of an endpoint, and succeeds with the head of the response. */
const makeOpen = (endpoint: Endpoint, mediaType: string, { httpClient, onResponse, url }: SendRequestOptions) => {
  const base = url.replace(/\/+$/, "")
  return (call: FailedCall, input: AnyInput, accessToken: string | null) =>
    Effect.gen(function* () {
      const request = requestOf(endpoint.method, `${base}${call.path}`, mediaType, input, accessToken)
      const span = yield* currentSpan
      const response = yield* withoutSecrets(
        call,
        Effect.suspend(() => httpClient.execute(withTrace(request, span))),
      )
      onResponse(response.headers)
      return response
    }).pipe(
      // A browser's preflight would reject the headers that Effect adds (`b3`).
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      // The API never redirects. A body that follows a redirect would reveal its password or token to another host.
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    )
}

/** Returns a function that reads the whole response of an endpoint, and decodes it. */
const makeReadResponse = (group: string, endpoint: Endpoint) => {
  // The names are those of an endpoint of this description, but the types cannot express that.
  const decode = HttpApiClient.decodeResponse(Api, { group, endpoint: endpoint.identifier } as never) as Decode
  return (call: FailedCall, response: HttpClientResponse.HttpClientResponse): Effect.Effect<unknown, RequestFailure> =>
    Effect.gen(function* () {
      const buffered = yield* withoutSecrets(
        call,
        Effect.catchTag(bufferBody(response), "ResponseTooLarge", Effect.succeed),
      )
      if (buffered instanceof ResponseTooLarge)
        return yield* Effect.fail(unexpectedResponse(call, buffered.message, response))
      return yield* Effect.catch(decode(buffered), (error) => {
        if (isProblem(error)) return Effect.fail(problemError(error, response))
        // A 503 that is not a problem (`NotReady`) is a regular response.
        if (!isUnreadable(error)) return Effect.succeed(error)
        return Effect.fail(
          unexpectedResponse(call, `an answer that the API does not have${mismatches(error)}`, response),
        )
      })
    })
}

/**
 * Returns a function that sends one request of an endpoint, waits no longer than the timeout, and decodes the response. A
 * request that asks the service to wait (`query.wait`) has that much longer.
 */
export const makeSendRequest = (group: string, endpoint: Endpoint, options: SendRequestOptions): SendRequest => {
  const open = makeOpen(endpoint, "application/json", options)
  const readResponse = makeReadResponse(group, endpoint)
  return (input, accessToken) => {
    const call: FailedCall = { method: endpoint.method, path: pathOf(endpoint, input) }
    const timeoutMillis = options.requestTimeoutMillis + 1000 * Number(input.query?.["wait"] ?? 0)
    return open(call, input, accessToken).pipe(
      Effect.flatMap((response) => readResponse(call, response)),
      Effect.map((value) => (isWithHeaders(value) ? value.body : value)),
      Effect.timeoutOrElse({
        duration: timeoutMillis,
        orElse: () => networkError(call, `no answer within ${timeoutMillis} ms`, null),
      }),
    )
  }
}

/** A response that goes on: its parts as they arrive, and the failure of what they contain. */
export interface EventResponse {
  readonly parts: Stream.Stream<Uint8Array, unknown>
  readonly unexpected: (what: string) => RequestFailure
}

/**
 * Returns a function that opens an event stream of an endpoint. Succeeds with null if the head of the response is not there
 * in time. Every other response is read as a whole, and is a failure.
 */
export const makeOpenEvents = (
  group: string,
  endpoint: Endpoint,
  headTimeoutMillis: number,
  options: SendRequestOptions,
) => {
  const open = makeOpen(endpoint, "text/event-stream", options)
  const readResponse = makeReadResponse(group, endpoint)
  return Effect.fnUntraced(function* (input: AnyInput, accessToken: string | null) {
    const call: FailedCall = { method: endpoint.method, path: pathOf(endpoint, input) }
    const head = yield* Effect.timeoutOption(open(call, input, accessToken), headTimeoutMillis)
    if (Option.isNone(head)) return null
    const response = head.value
    const unexpected = (what: string) => unexpectedResponse(call, what, response)
    const mediaType = response.headers["content-type"] ?? ""
    if (response.status === 200 && mediaType.startsWith("text/event-stream")) {
      return { parts: response.stream, unexpected } satisfies EventResponse
    }
    yield* readResponse(call, response)
    return yield* Effect.fail(unexpected("no event stream"))
  })
}

type Decode = (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>

const pathOf = ({ path }: Endpoint, { params = {} }: AnyInput): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""))

const requestOf = (
  method: Endpoint["method"],
  url: string,
  mediaType: string,
  { headers = {}, payload, query = {} }: AnyInput,
  accessToken: string | null,
): HttpClientRequest.HttpClientRequest => {
  const request = HttpClientRequest.make(method)(url, { accept: mediaType, headers, urlParams: textOf(query) })
  const authorized = accessToken === null ? request : HttpClientRequest.bearerToken(request, accessToken)
  return payload === undefined ? authorized : HttpClientRequest.bodyJsonUnsafe(authorized, payload)
}

/** Several values of one parameter are separated by commas. */
const textOf = (query: NonNullable<AnyInput["query"]>): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === "object" ? value.join(",") : value]),
  )

const currentSpan = Effect.orElseSucceed(Effect.currentParentSpan, () => null)

/** Continues the caller's trace (W3C Trace Context), if there is one. */
const withTrace = (request: HttpClientRequest.HttpClientRequest, span: Tracer.AnySpan | null) =>
  span === null
    ? request
    : HttpClientRequest.setHeader(
        request,
        "traceparent",
        `00-${span.traceId.padStart(32, "0")}-${span.spanId}-${span.sampled ? "01" : "00"}`,
      )

const isWithHeaders = (value: unknown): value is HttpApiSchema.withHeaders<unknown, unknown> =>
  typeof value === "object" && value !== null && HttpApiSchema.WithHeadersValueTypeId in value

const networkError = (call: FailedCall, what: string, reason: string | null): Effect.Effect<never, RequestFailure> =>
  Effect.fail({
    error: new NetworkError({ ...call, message: `${call.method} ${call.path}: ${what}`, reason }),
    status: null,
    retryAfterMillis: null,
  })

/**
 * Reduces every failure of the HTTP client to its code or its name. A program may supply its own client. The errors and
 * defects of many clients contain the request, with its password or token.
 */
const withoutSecrets = <A>(call: FailedCall, effect: Effect.Effect<A, unknown>): Effect.Effect<A, RequestFailure> =>
  Effect.catchCause(effect, (cause) => {
    if (Cause.hasInterrupts(cause)) return Effect.interrupt
    const error = Cause.squash(cause)
    const reason = systemCode(error)
    const name = reason ?? foreignName(error)
    return networkError(call, name === null ? "no answer" : `no answer (${name})`, reason)
  })

const isProblem = (error: unknown): error is AnyProblem =>
  typeof error === "object" && error !== null && "code" in error && "request_id" in error

type Response = Pick<HttpClientResponse.HttpClientResponse, "headers" | "status">

const problemError = (problem: AnyProblem, { headers, status }: Response): RequestFailure => {
  const retryAfterMillis = readRetryAfterMillis(headers)
  const retry_after_seconds = retryAfterMillis === null ? null : retryAfterMillis / 1000
  return { error: new ProblemError({ ...problem, retry_after_seconds }), status, retryAfterMillis }
}

const unexpectedResponse = (call: FailedCall, what: string, { headers, status }: Response): RequestFailure => ({
  error: new UnexpectedResponse({
    ...call,
    message: `${call.method} ${call.path}: status ${status}, ${what}`,
    status,
    request_id: headers["x-request-id"] ?? null,
  }),
  status,
  retryAfterMillis: readRetryAfterMillis(headers),
})
