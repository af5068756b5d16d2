/** Annotates the endpoints that change tasks or categories. */
import { Context } from "effect"
import { OpenApi } from "effect/http-api"
import { isObject, type Json, mapValues } from "./OpenApiSchemas.ts"

/**
 * Whether the endpoint changes tasks or categories. All changes of a request are one batch, and the response names it in
 * `Undo-Id`. `EndpointHandler.ts` implements it, and its handler is made by `mutation` of `Handlers.ts`.
 */
export const Mutation = Context.Reference<boolean>("taskwright/http/Mutation", { defaultValue: () => false })

const undoId = {
  description: "Names what the request changed, so that it can be taken back. Missing if nothing changed.",
  required: false,
  schema: { type: "string", format: "uuid", examples: ["0193a5ae-3c44-7a90-b6f7-1d2c3b4a5969"] },
}

const withUndoId = (response: unknown): Json => {
  const { headers, ...rest } = isObject(response) ? response : {}
  return { ...rest, headers: { ...(isObject(headers) ? headers : {}), "Undo-Id": undoId } }
}

const describe = (operation: Json): Json => ({
  ...operation,
  responses: mapValues(operation["responses"], (response, status) =>
    status.startsWith("2") ? withUndoId(response) : response,
  ),
})

/** The annotations of an endpoint that changes tasks or categories. */
export const mutation = Context.make(Mutation, true).pipe(Context.add(OpenApi.Transform, describe))
