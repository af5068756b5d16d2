import { Data } from "effect"

/** The service was not reached, or its answer did not come whole or in time. Whether it acted is not known. */
export class Unreachable extends Data.TaggedError("Unreachable")<{
  readonly message: string
  readonly cause: unknown
}> {
  readonly code = "unreachable"
}

/** What came is no answer of this API: a proxy's page, or a newer version of the service. */
export class UnexpectedAnswer extends Data.TaggedError("UnexpectedAnswer")<{
  readonly message: string
  readonly status: number
  /** The answer's `X-Request-Id`; null where it has none. */
  readonly request_id: string | null
  readonly cause: unknown
}> {
  readonly code = "unexpected_answer"
}

/** The members that every problem has. */
export interface AnyProblem {
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly request_id: string
}

/** The service refused: an error with the members of its problem, of which `code` says which kind it is. */
export class Refused extends Data.TaggedError("Refused")<AnyProblem> {
  override readonly message = `${this.title} (${this.code}, request ${this.request_id}): ${this.detail}`
}

/** The error for each kind of problem in a union; comparing `code` tells them apart. */
export type RefusedWith<Problem> = Problem extends AnyProblem ? Refused & Problem : never
