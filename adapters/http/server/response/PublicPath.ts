/** Puts the path that a proxy publishes the service under before the references that responses hold. */

import type { Json } from "../../api/v1/OpenApiSchemas.ts"
import { problemContentType } from "../../api/v1/ProblemSchemas.ts"
import { HttpResponse } from "./HttpResponse.ts"

/**
 * The proxy takes the path off before it passes a request on, so routes do not know of it. Responses do: `Location` and
 * the `type` of a problem are resolved by callers, against the address that they asked. `publicPath` begins with a slash
 * and has none at its end, or is empty.
 */
export const underPublicPath = (answer: HttpResponse, publicPath: string): HttpResponse => {
  const { body, headers, status } = answer
  const { location } = headers
  const isProblem = headers["content-type"] === problemContentType && body !== undefined
  if (publicPath === "" || (!isProblem && location === undefined)) return answer
  return new HttpResponse(
    status,
    location?.startsWith("/") === true ? { ...headers, location: `${publicPath}${location}` } : headers,
    isProblem ? withType(body.toString(), publicPath) : body,
  )
}

const withType = (body: string, publicPath: string): string => {
  const problem: Json = JSON.parse(body)
  return JSON.stringify({ ...problem, type: `${publicPath}${problem["type"]}` })
}

/** The OpenAPI document, with the address of its calls. */
export const documentUnder = (document: Json, publicPath: string): Json => ({
  ...document,
  servers: [{ url: publicPath === "" ? "/" : publicPath }],
})
