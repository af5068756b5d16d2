/** Annotates endpoints with their support for conditional requests. */
import { Context, type Schema } from "effect"
import { OpenApi } from "effect/http-api"
import { isObject, type Json } from "./OpenApiSchemas.ts"

/**
 * Whether responses to a GET carry an `ETag`, and are 304 if `If-None-Match` names it. `EndpointHandler.ts` implements
 * it.
 */
export const Conditional = Context.Reference<boolean>("taskwright/http/Conditional", { defaultValue: () => false })

/**
 * The schema of the body if the request has no `If-Match`, when that schema requires more. One response then reports
 * this error with all others.
 */
export const PayloadWithoutIfMatch = Context.Reference<Schema.Top | undefined>(
  "taskwright/http/PayloadWithoutIfMatch",
  {
    defaultValue: () => undefined,
  },
)

const ifNoneMatch = {
  name: "if-none-match",
  in: "header",
  required: false,
  description: "The `ETag` of what you have, or several. If it is still the same, the response is 304 without a body.",
  schema: { type: "string", examples: ['"1"'] },
}

const etag = {
  description: "Names this representation: another one has another tag.",
  required: true,
  schema: { type: "string", examples: ['"1"'] },
}

const withTag = (response: unknown): Json => {
  const { headers, ...rest } = isObject(response) ? response : {}
  return { ...rest, headers: { etag, ...(isObject(headers) ? headers : {}) } }
}

const describe = (operation: Json): Json => {
  const { parameters, responses } = operation
  const described = isObject(responses) ? responses : {}
  return {
    ...operation,
    parameters: [...(Array.isArray(parameters) ? parameters : []), ifNoneMatch],
    responses: {
      ...described,
      200: withTag(described["200"]),
      304: withTag({ description: "It is as you have it." }),
    },
  }
}

/** The annotations of a GET that supports conditional requests. */
export const conditional = Context.make(Conditional, true).pipe(Context.add(OpenApi.Transform, describe))
