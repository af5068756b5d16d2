/** Writes the response to a request with an idempotency key as text, and reads it for a repetition of the request. */
import { Schema } from "effect"
import { HttpResponse } from "./HttpResponse.ts"

const StoredResponse = Schema.fromJsonString(
  Schema.Struct({
    status: Schema.Int,
    headers: Schema.Record(Schema.String, Schema.String),
    body: Schema.NullOr(Schema.String),
  }),
)
const decode = Schema.decodeSync(StoredResponse)

/** Returns the response as JSON. Its body MUST be text. Headers of the single request, such as its id, are not in it. */
export const storeResponse = ({ body, headers, status }: HttpResponse): string => {
  if (body !== undefined && typeof body !== "string") throw new Error("A response is stored, but its body is no text.")
  return JSON.stringify({ status, headers, body: body ?? null } satisfies (typeof StoredResponse)["Type"])
}

/** Returns the stored response, marked as a repetition. */
export const repeatResponse = (stored: string): HttpResponse => {
  const { body, headers, status } = decode(stored)
  return new HttpResponse(status, { ...headers, "idempotency-replayed": "true" }, body ?? undefined)
}
