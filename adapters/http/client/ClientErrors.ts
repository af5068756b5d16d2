import { Data } from "effect"

/** The call that failed. No more of its request is kept, for programs print errors, and headers and bodies hold secrets. */
export interface FailedCall {
  readonly method: string
  /** The path of the request, without its query. */
  readonly path: string
}

/** The service was not reached, or its answer did not come whole or in time. Whether it acted is not known. */
export class NetworkError extends Data.TaggedError("NetworkError")<
  FailedCall & {
    readonly message: string
    /** The system's code for what happened, such as `ECONNREFUSED`; null if there is none, as in browsers. */
    readonly reason: string | null
  }
> {
  readonly code = "network_error"
}

/** The answer is not one of this API: a proxy's page, or one of a newer version of the service. */
export class UnexpectedResponse extends Data.TaggedError("UnexpectedResponse")<
  FailedCall & {
    readonly message: string
    readonly status: number
    /** The answer's `X-Request-Id`; null if it has none. */
    readonly request_id: string | null
  }
> {
  readonly code = "unexpected_response"
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
export class ProblemError extends Data.TaggedError("ProblemError")<
  AnyProblem & {
    /** After how many seconds to try again (`Retry-After`); null if the service does not say. */
    readonly retry_after_seconds: number | null
  }
> {
  override readonly message = `${this.title} (${this.code}, request ${this.request_id}): ${this.detail}`
}

/** The error for each kind of problem in a union; comparing `code` tells them apart. */
export type ProblemErrorOf<Problem> = Problem extends AnyProblem ? ProblemError & Problem : never
