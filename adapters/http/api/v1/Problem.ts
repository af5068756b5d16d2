/** Builds the body of a problem response. */
import { type ProblemCode, type ProblemTypes, problemTypes } from "./ProblemTypes.ts"

/** The members that every problem has (RFC 9457, with our `code` and `request_id`). */
export interface Problem<Code extends ProblemCode> {
  readonly type: `/problems/${Code}`
  readonly title: string
  readonly status: ProblemTypes[Code]["status"]
  readonly detail: string
  readonly code: Code
  readonly request_id: string
}

/** Returns a problem of the given kind. `detail` is the kind's meaning, unless the caller gives another. */
export const problem = <const Code extends ProblemCode>(
  code: Code,
  requestId: string,
  detail: string = problemTypes[code].meaning,
): Problem<Code> => ({
  type: `/problems/${code}`,
  title: problemTypes[code].title,
  status: problemTypes[code].status,
  detail,
  code,
  request_id: requestId,
})
