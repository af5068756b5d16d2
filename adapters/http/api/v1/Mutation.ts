/** Annotates the endpoints that change tasks or categories. */
import { Context } from "effect"
import { OpenApi } from "effect/http-api"
import { isObject, type Json, mapValues } from "./OpenApiSchemas.ts"
import {
  IdempotencyInProgressProblem,
  IdempotencyKeyReusedProblem,
  InvalidIdempotencyKeyProblem,
} from "./ProblemSchemas.ts"
import { batchIdExample } from "./SchemaAnnotations.ts"

/**
 * Whether the endpoint changes tasks or categories, so that it takes an `Idempotency-Key`. All changes of a request are one batch, and the response names it in
 * `Undo-Id`. `EndpointHandler.ts` implements it, and its handler is made by `mutation` of `Handlers.ts`.
 */
export const Mutation = Context.Reference<boolean>("taskwright/http/Mutation", { defaultValue: () => false })

/** The problems that such an endpoint can respond with because of its `Idempotency-Key`. */
export const mutationProblems = [
  InvalidIdempotencyKeyProblem,
  IdempotencyInProgressProblem,
  IdempotencyKeyReusedProblem,
] as const

const idempotencyKey = {
  name: "idempotency-key",
  in: "header",
  required: false,
  description:
    "A text that you choose for this request: 1 to 255 visible ASCII characters, in quotes or plain. If the response is lost, send the same request with the same key: it has one effect, and you get the response to the first one that succeeded.",
  schema: { type: "string", examples: ["8e03978e-40d5-43e8-bc93-6894a57f9324"] },
}

const replayed = {
  description: "Present if this is the stored response to an earlier request with the same `Idempotency-Key`.",
  required: false,
  schema: { type: "string", const: "true" },
}

const retryAfter = {
  description: "After how many seconds to try again, if the code is `idempotency_in_progress`.",
  required: false,
  schema: { type: "integer", examples: [1] },
}

const undoId = {
  description: "Names what the request changed, so that it can be taken back. Missing if nothing changed.",
  required: false,
  schema: { type: "string", format: "uuid", examples: [batchIdExample] },
}

const withHeaders = (response: unknown, added: Json): Json => {
  const { headers, ...rest } = isObject(response) ? response : {}
  return { ...rest, headers: { ...(isObject(headers) ? headers : {}), ...added } }
}

const describe = (operation: Json): Json => {
  const { parameters, responses } = operation
  return {
    ...operation,
    parameters: [...(Array.isArray(parameters) ? parameters : []), idempotencyKey],
    responses: mapValues(responses, (response, status) => {
      if (status === "409") return withHeaders(response, { "Retry-After": retryAfter })
      const isSuccess = status.startsWith("2")
      return isSuccess ? withHeaders(response, { "Undo-Id": undoId, "Idempotency-Replayed": replayed }) : response
    }),
  }
}

/** The annotations of an endpoint that changes tasks or categories. */
export const mutation = Context.make(Mutation, true).pipe(Context.add(OpenApi.Transform, describe))
