/** Runs an endpoint: decodes its input, calls its handler, and encodes the response. */
import { Context, Effect, Predicate, Result, Schema, SchemaAST } from "effect"
import { type HttpApiEndpoint, HttpApiSchema } from "effect/http-api"
import type { Ports } from "../../../../application/Ports.ts"
import { Authentication } from "../../api/v1/Authentication.ts"
import { Conditional, PayloadWithoutIfMatch } from "../../api/v1/Conditional.ts"
import {
  AllowedTokens,
  IdempotencyKeyRefused,
  MaxBodyBytes,
  RateLimited,
  RequestCost,
  type TokenAccess,
  Validated,
  VerifiedEmail,
} from "../../api/v1/EndpointTags.ts"
import { Mutation } from "../../api/v1/Mutation.ts"
import { ListInBody, maxListBytes, QueryByCursor } from "../../api/v1/Pagination.ts"
import type { FieldError } from "../../api/v1/ProblemSchemas.ts"
import { AcceptsQuery, acceptQuery } from "../../api/v1/QueryMethod.ts"
import { checkTokenAccess } from "../middleware/Scopes.ts"
import { makeDecoder } from "../request/Decoder.ts"
import { matchesNoneOf, tagOf } from "../request/EntityTags.ts"
import { type FieldSource, fieldErrors, unknownFields } from "../request/FieldErrors.ts"
import { RequestBody } from "../request/JsonBody.ts"
import type { AuthenticatedContext, RequestContext } from "../request/RequestContext.ts"
import { HttpResponse, jsonResponse, problemResponse } from "../response/HttpResponse.ts"
import type { Endpoint } from "../routing/Endpoint.ts"
import type { RunMutation } from "./RunMutation.ts"
import { type HandlerError, toProblem } from "./ToProblem.ts"

/** The input of a handler, by the names that the endpoint's description uses. */
type Input = { headers?: unknown; params?: unknown; query?: unknown; payload?: unknown }

/** A handler of any endpoint that changes no task and no category. */
export type AnyHandler = (input: Input, context: RequestContext) => Effect.Effect<unknown, HandlerError, Ports>

/** A handler of any endpoint that does. */
export interface AnyMutationHandler {
  readonly run: (input: Input, context: AuthenticatedContext) => Effect.Effect<unknown, HandlerError, Ports>
  readonly present: (result: unknown) => unknown
}

/**
 * Combines an endpoint of the description with its handler. Effect's own `HttpApiBuilder` does the same through a chain
 * of middleware effects and encoders, and takes more than twice the processor time per request. The description and all
 * types are the same.
 */
export const makeEndpointHandler = (
  endpoint: HttpApiEndpoint.Top,
  handler: AnyHandler | AnyMutationHandler,
  runMutation: RunMutation,
): Endpoint => {
  const body = {
    takesBody: endpoint.payload.size > 0,
    mediaType: "application/json",
    maxBodyBytes: Context.get(endpoint.annotations, MaxBodyBytes),
  } as const
  const isLimited = Context.get(endpoint.annotations, RateLimited)
  const isMutation = typeof handler !== "function"
  if (isMutation !== Context.get(endpoint.annotations, Mutation)) {
    throw new Error(
      `${endpoint.identifier} has a handler ${isMutation ? "of a mutation, but no mark" : "without its mark"}.`,
    )
  }
  if (!endpoint.middlewares.has(Authentication)) {
    if (isMutation) throw new Error(`${endpoint.identifier} changes tasks or categories, but needs no identity.`)
    return { ...body, isLimited, needsIdentity: false, handle: handleWith(endpoint, handler, noCheck) }
  }
  // The token is verified before the rate limit, which depends on it.
  if (!isLimited) throw new Error(`${endpoint.identifier} needs an identity, but has no rate limit.`)
  const needsVerifiedEmail = Context.get(endpoint.annotations, VerifiedEmail)
  const allowedTokens = Context.get(endpoint.annotations, AllowedTokens)
  if (allowedTokens === undefined) throw new Error(`${endpoint.identifier} does not say which API tokens may call it.`)
  const check = checkOf(allowedTokens)
  const handle = isMutation ? mutateWith(endpoint, handler, check, runMutation) : handleWith(endpoint, handler, check)
  const cost = Context.get(endpoint.annotations, RequestCost)
  const costOf = cost && (({ json }: RequestBody) => (Result.isSuccess(json) ? cost(json.success) : 1))
  return { ...body, isLimited, needsIdentity: true, needsVerifiedEmail, costOf, handle }
}

type Handle<C> = (context: C, body: RequestBody | undefined) => Effect.Effect<HttpResponse, never, Ports>

/** Returns the response to a request that its identity may not make, or null. The input was decoded before. */
type Check = (context: RequestContext, input: Input) => HttpResponse | null

const noCheck: Check = () => null

const checkOf =
  (allowedTokens: TokenAccess): Check =>
  ({ id, identity }, input) => {
    const denied = identity === null ? null : checkTokenAccess(identity, allowedTokens, input.payload)
    return denied === null ? null : toProblem(denied, id)
  }

const handleWith = (endpoint: HttpApiEndpoint.Top, handler: AnyHandler, check: Check): Handle<RequestContext> => {
  const decode = decoderOf(endpoint)
  const toResponse = responseOf(endpoint)
  const isInBody = Context.get(endpoint.annotations, ListInBody)
  const isPage = endpoint.query !== undefined || isInBody
  const isConditional = Context.get(endpoint.annotations, Conditional)
  const refusesKey = Context.get(endpoint.annotations, IdempotencyKeyRefused)
  return (context, body) => {
    if (refusesKey && context.request.headers["idempotency-key"] !== undefined) {
      return Effect.succeed(problemResponse("idempotency_key_not_supported", context.id))
    }
    const input = decode(context, body)
    const refused = input instanceof HttpResponse ? input : check(context, input)
    if (refused !== null) return Effect.succeed(refused)
    return Effect.match(handler(input, context), {
      onSuccess: (value) => {
        const response = toResponse(value)
        const { body: text } = response
        if (!isConditional || typeof text !== "string") return response
        return isPage && isTooLong(text)
          ? validationFailed(context.id, [longPage(isInBody ? "body" : "query")])
          : withTag(response, text, context.request.headers["if-none-match"])
      },
      onFailure: (error) => toProblem(error, context.id),
    })
  }
}

const mutateWith = (
  endpoint: HttpApiEndpoint.Top,
  { present, run }: AnyMutationHandler,
  check: Check,
  runMutation: RunMutation,
): Handle<AuthenticatedContext> => {
  const decode = decoderOf(endpoint)
  const toResponse = responseOf(endpoint)
  const handler = { run, toResponse: (result: unknown) => toResponse(present(result)) }
  return (context, body) => {
    const input = decode(context, body)
    const refused = input instanceof HttpResponse ? input : check(context, input)
    if (refused !== null) return Effect.succeed(refused)
    return Effect.catch(runMutation(handler, input, context, body), (error) =>
      Effect.succeed(toProblem(error, context.id)),
    )
  }
}

/** Returns a function that makes the response to a success value. */
const responseOf = (endpoint: HttpApiEndpoint.Top) => {
  const status = statusOf(endpoint)
  const headers = Context.get(endpoint.annotations, AcceptsQuery) ? { "accept-query": acceptQuery } : undefined
  return (value: unknown): HttpResponse => {
    if (value instanceof HttpResponse) return value
    if (value === undefined) return new HttpResponse(status, {})
    if (!hasHeaders(value)) return jsonResponse(status, value, headers)
    return jsonResponse(status, value.body, value.headers)
  }
}

/** Whether the text exceeds the maximum size of a list. A UTF-16 unit takes three bytes at most. */
const isTooLong = (text: string): boolean => text.length > maxListBytes / 3 && Buffer.byteLength(text) > maxListBytes

const longPage = (source: FieldSource): FieldError => ({
  path: `${source}.limit`,
  message: `must be smaller: these items take more than ${maxListBytes / 2 ** 20} MiB`,
})

/** Returns the response with its entity tag, or a 304 with the tag alone if the caller has this representation. */
const withTag = (response: HttpResponse, text: string, ifNoneMatch: string | undefined): HttpResponse => {
  const etag = response.headers["etag"] ?? tagOf(text)
  return matchesNoneOf(ifNoneMatch, etag)
    ? new HttpResponse(304, { etag })
    : new HttpResponse(response.status, { ...response.headers, etag }, text)
}

/** Returns the status that the endpoint's success schema declares. Without a schema there is no content to send. */
const statusOf = ({ success }: HttpApiEndpoint.Top): number => {
  const [schema] = success
  if (schema === undefined) return 204
  const { ast } = HttpApiSchema.isWithHeaders(schema) ? schema.schema : schema
  // `HttpApiSchema.status` annotates the schema, or its key if the schema has no status yet.
  return statusAnnotation(ast) ?? ast.context?.annotations?.httpApiStatus ?? 200
}
const statusAnnotation = SchemaAST.resolveAt<number>("httpApiStatus")

interface WithHeaders {
  readonly body: unknown
  readonly headers: Record<string, string>
}

const hasHeaders = (value: unknown): value is WithHeaders =>
  Predicate.hasProperty(value, HttpApiSchema.WithHeadersValueTypeId)

const payloadOf = ({ payload }: HttpApiEndpoint.Top): Schema.Top | undefined => {
  for (const { schemas } of payload.values()) return schemas[0]
  return undefined
}

/** Returns undefined for an endpoint without a query. A parameter that is repeated is an array. */
const queryDecoderOf = ({ annotations, query }: HttpApiEndpoint.Top) => {
  const decoderFor = (schema: Schema.Top) => makeDecoder(Schema.toCodecArrayFromSingle(schema))
  const byCursor = Context.get(annotations, QueryByCursor)
  if (byCursor === undefined) return query && decoderFor(query)
  const [withCursor, withoutCursor] = [decoderFor(byCursor.withCursor), decoderFor(byCursor.withoutCursor)]
  return (value: RequestContext["query"]) => (Object.hasOwn(value, "cursor") ? withCursor : withoutCursor)(value)
}

/** Decodes the handler's input, or returns a problem with all invalid fields of one part of the request. */
const decoderOf = (endpoint: HttpApiEndpoint.Top) => {
  const params = endpoint.params && makeDecoder(endpoint.params)
  // A request has other headers that no endpoint describes, so unknown ones are ignored.
  const headers = endpoint.headers && Schema.decodeUnknownResult(endpoint.headers as Schema.Codec<unknown, unknown>)
  // Health checks append query parameters of their own, for instance to bypass caches.
  const isStrict = Context.get(endpoint.annotations, Validated)
  const query = queryDecoderOf(endpoint)
  const payloadSchema = payloadOf(endpoint)
  const payload = payloadSchema && makeDecoder(payloadSchema)
  const stricterSchema = Context.get(endpoint.annotations, PayloadWithoutIfMatch)
  const payloadWithoutIfMatch = stricterSchema === undefined ? payload : makeDecoder(stricterSchema)
  return (
    { id, params: inPath, query: inQuery, request }: RequestContext,
    body: RequestBody | undefined,
  ): Input | HttpResponse => {
    const input: Input = {}
    if (params !== undefined) {
      const read = params(inPath)
      if (Result.isFailure(read)) return invalid(id, "path", read.failure)
      input.params = read.success
    }
    if (query !== undefined) {
      const read = query(inQuery)
      if (Result.isFailure(read)) return invalid(id, "query", read.failure)
      input.query = read.success
    } else if (isStrict) {
      for (const _ in inQuery) return validationFailed(id, unknownFields("query", Object.keys(inQuery)))
    }
    if (headers !== undefined) {
      const read = headers(request.headers)
      if (Result.isFailure(read)) return invalid(id, "header", read.failure)
      input.headers = read.success
    }
    if (payload !== undefined) {
      const { json } = body ?? new RequestBody(Buffer.alloc(0))
      if (Result.isFailure(json)) return problemResponse("malformed_json", id, { detail: json.failure })
      const decode = request.headers["if-match"] === undefined ? (payloadWithoutIfMatch ?? payload) : payload
      const read = decode(json.success)
      if (Result.isFailure(read)) return invalid(id, "body", read.failure)
      input.payload = read.success
    }
    return input
  }
}

const invalid = (requestId: string, source: FieldSource, error: Schema.SchemaError): HttpResponse =>
  validationFailed(requestId, fieldErrors(source, error))

const validationFailed = (requestId: string, errors: ReadonlyArray<FieldError>): HttpResponse =>
  problemResponse("validation_failed", requestId, { members: { errors } })
