/** Prefixes the references in responses with the path that a proxy publishes the service under. */

import type { Json } from "../../api/v1/OpenApiSchemas.ts"
import { problemContentType } from "../../api/v1/ProblemSchemas.ts"
import { HttpResponse } from "./HttpResponse.ts"

/**
 * Adds the path to `Location` and to the `type` of a problem, which callers resolve against the URL that they
 * requested. The proxy removes the path before it forwards a request, so routes do not contain it. `publicPath` begins
 * with a slash and does not end in one, or is empty.
 */
export const underPublicPath = (response: HttpResponse, publicPath: string): HttpResponse => {
  const { body, headers, status } = response
  const { location } = headers
  const isProblem = headers["content-type"] === problemContentType && typeof body === "string"
  if (publicPath === "" || (!isProblem && location === undefined)) return response
  return new HttpResponse(
    status,
    location?.startsWith("/") === true ? { ...headers, location: `${publicPath}${location}` } : headers,
    isProblem ? withType(body, publicPath) : body,
  )
}

const withType = (body: string, publicPath: string): string => {
  const problem: Json = JSON.parse(body)
  return JSON.stringify({ ...problem, type: `${publicPath}${problem["type"]}` })
}

/** Returns the OpenAPI document, with the base URL of its endpoints. */
export const documentUnder = (document: Json, publicPath: string): Json => ({
  ...document,
  servers: [{ url: publicPath === "" ? "/" : publicPath }],
})
