import { Effect, Schema, type Tracer } from "effect"
import {
  FetchHttpClient,
  type Headers,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  type HttpClientResponse,
} from "effect/http"
import { HttpApiClient, type HttpApiEndpoint, HttpApiSchema } from "effect/http-api"
import { Api } from "../Api.ts"
import { type AnyProblem, Refused, UnexpectedAnswer, Unreachable } from "./ClientErrors.ts"
import { readRetryAfterMillis } from "./RateLimit.ts"
import { readWhole } from "./WholeAnswer.ts"

/** What a call is given; the types of its surface have held each part against the endpoint. */
export interface AnyInput {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly payload?: unknown
}

/** A request that did not succeed, with what decides whether it may be sent again. */
export interface Failed {
  readonly error: Refused | Unreachable | UnexpectedAnswer
  /** The answer's status; null where no answer came. */
  readonly status: number | null
  /** What the answer asks to wait before the next request, in milliseconds; null where it says nothing. */
  readonly retryAfterMillis: number | null
}

export interface AttemptOptions {
  readonly httpClient: HttpClient.HttpClient
  readonly url: string
  readonly attemptLimitMillis: number
  /** Is shown the headers of every answer. */
  readonly onAnswer: (headers: Headers.Headers) => void
}

export type Attempt = (input: AnyInput, accessToken: string | null) => Effect.Effect<unknown, Failed>

type Endpoint = Pick<HttpApiEndpoint.Top, "identifier" | "method" | "path">

/** Makes what sends one request of an endpoint, waits no longer than the limit, and reads what comes. */
export const makeAttempt = (
  group: string,
  endpoint: Endpoint,
  { attemptLimitMillis, httpClient, onAnswer, url }: AttemptOptions,
): Attempt => {
  // The names are those of an endpoint of this description, which only a type could say.
  const decode = HttpApiClient.decodeResponse(Api, { group, endpoint: endpoint.identifier } as never) as Decode
  const base = url.replace(/\/+$/, "")
  return (input, accessToken) =>
    Effect.gen(function* () {
      const request = requestOf(endpoint, base, input, accessToken)
      const response = yield* httpClient.execute(withTrace(request, yield* currentSpan))
      onAnswer(response.headers)
      const whole = yield* Effect.catchTag(readWhole(response), "AnswerTooLong", (tooLong) =>
        Effect.fail(failedAnswer(tooLong, response)),
      )
      return yield* Effect.catch(decode(whole), (said) =>
        isNoAnswer(said) || isProblem(said) ? Effect.fail(failedAnswer(said, response)) : Effect.succeed(said),
      )
    }).pipe(
      // Its own headers would be refused by a browser's preflight (`b3`).
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      // The API never redirects, and a body that follows a redirect would show its password or token to another host.
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
      Effect.map((value) => (isWithHeaders(value) ? value.body : value)),
      Effect.catchTag("HttpClientError", (cause) => unreachable(cause.message, cause)),
      Effect.timeoutOrElse({
        duration: attemptLimitMillis,
        orElse: () => unreachable(`no answer within ${attemptLimitMillis} ms`, null),
      }),
    )
}

type Decode = (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>

const requestOf = (
  { method, path }: Endpoint,
  base: string,
  { params = {}, payload, query = {} }: AnyInput,
  accessToken: string | null,
): HttpClientRequest.HttpClientRequest => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""))
  const request = HttpClientRequest.make(method)(`${base}${filled}`, { acceptJson: true, urlParams: query })
  const shown = accessToken === null ? request : HttpClientRequest.bearerToken(request, accessToken)
  return payload === undefined ? shown : HttpClientRequest.bodyJsonUnsafe(shown, payload)
}

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

const unreachable = (message: string, cause: unknown): Effect.Effect<never, Failed> =>
  Effect.fail({ error: new Unreachable({ message, cause }), status: null, retryAfterMillis: null })

/** Whether an answer could not be read. A 503 that is no problem (`NotReady`) answers what was asked. */
const isNoAnswer = (said: unknown): boolean => HttpClientError.isHttpClientError(said) || Schema.isSchemaError(said)

const isProblem = (error: unknown): error is AnyProblem =>
  typeof error === "object" && error !== null && "code" in error && "request_id" in error

const failedAnswer = (cause: unknown, { headers, status }: HttpClientResponse.HttpClientResponse): Failed => ({
  error: isProblem(cause)
    ? new Refused(cause)
    : new UnexpectedAnswer({
        message: `an answer with status ${status} that the API does not have`,
        status,
        request_id: headers["x-request-id"] ?? null,
        cause,
      }),
  status,
  retryAfterMillis: readRetryAfterMillis(headers),
})
