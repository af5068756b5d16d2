import { HttpServerResponse } from "effect/http"
import { problem } from "./v1/Problem.ts"
import { problemContentType } from "./v1/ProblemSchemas.ts"
import type { ProblemCode } from "./v1/ProblemTypes.ts"

/** An answer with a problem, and what this case adds to its members and headers. */
export const problemResponse = (
  code: ProblemCode,
  requestId: string,
  more: {
    readonly detail?: string
    readonly members?: Record<string, unknown>
    readonly headers?: Record<string, string>
  } = {},
): HttpServerResponse.HttpServerResponse => {
  const body = problem(code, requestId, more.detail)
  return HttpServerResponse.jsonUnsafe(
    { ...body, ...more.members },
    { status: body.status, contentType: problemContentType, ...(more.headers && { headers: more.headers }) },
  )
}
