/** Defines the responses that endpoints, pages and stages return. */
import type { Readable } from "node:stream"
import { problem } from "../../api/v1/Problem.ts"
import { problemContentType } from "../../api/v1/ProblemSchemas.ts"
import type { ProblemCode } from "../../api/v1/ProblemTypes.ts"

/** A body: text, bytes, or a stream of bytes. Bytes are not copied. A stream is sent as it arrives. */
export type ResponseBody = string | Buffer | Readable

/** A response. Header names are in lower case. A body of length zero counts as none. */
export class HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ResponseBody | undefined

  constructor(status: number, headers: Readonly<Record<string, string>>, body?: ResponseBody) {
    this.status = status
    this.headers = headers
    this.body = body
  }
}

export const jsonResponse = (
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): HttpResponse => new HttpResponse(status, { "content-type": "application/json", ...headers }, JSON.stringify(value))

/** Returns a response with a problem, and with the members and headers that this case adds. */
export const problemResponse = (
  code: ProblemCode,
  requestId: string,
  more: {
    readonly detail?: string
    readonly members?: Record<string, unknown>
    readonly headers?: Record<string, string>
  } = {},
): HttpResponse => {
  const body = problem(code, requestId, more.detail)
  return new HttpResponse(
    body.status,
    { "content-type": problemContentType, ...more.headers },
    JSON.stringify({ ...body, ...more.members }),
  )
}

/** Returns `Retry-After` in whole seconds, at least one. */
export const retryAfter = (millis: number): Readonly<Record<string, string>> => ({
  "retry-after": String(Math.max(1, Math.ceil(millis / 1000))),
})
