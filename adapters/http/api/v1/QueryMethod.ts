/** Annotates the GET endpoints that have a counterpart with the method `QUERY` (RFC 10008) at the same address. */
import { Context } from "effect"
import { OpenApi } from "effect/http-api"
import { isObject, type Json } from "./OpenApiSchemas.ts"

/** Whether the response says which bodies a QUERY can have. `EndpointHandler.ts` implements it. */
export const AcceptsQuery = Context.Reference<boolean>("taskwright/http/AcceptsQuery", { defaultValue: () => false })

/** The value of `Accept-Query`. */
export const acceptQuery = '"application/json"'

const describe = (operation: Json): Json => {
  const responses = isObject(operation["responses"]) ? operation["responses"] : {}
  const { headers, ...success } = isObject(responses["200"]) ? responses["200"] : {}
  const header = {
    description: "The media types of a body that the method `QUERY` takes at this address.",
    required: true,
    schema: { type: "string", const: acceptQuery },
  }
  return {
    ...operation,
    responses: {
      ...responses,
      200: { ...success, headers: { ...(isObject(headers) ? headers : {}), "Accept-Query": header } },
    },
  }
}

/** The annotations of such an endpoint. */
export const acceptsQuery = Context.make(AcceptsQuery, true).pipe(Context.add(OpenApi.Transform, describe))
