/** Defines the errors that calls of the client fail with. */
import { Data } from "effect"
import type {
  CategoryPreconditionFailedProblem,
  CategoryVersionConflictProblem,
  PreconditionFailedProblem,
  VersionConflictProblem,
} from "../api/v1/VersionConflict.ts"

/**
 * The call that failed. It holds no more of the request: programs print errors, and headers and bodies contain secrets.
 */
export interface FailedCall {
  readonly method: string
  /** The path of the request, without its query. */
  readonly path: string
}

/**
 * The service was not reached, or its response was incomplete or too late. Whether it executed the request is unknown.
 */
export class NetworkError extends Data.TaggedError("NetworkError")<
  FailedCall & {
    readonly message: string
    /** The system's code for the failure, such as `ECONNREFUSED`; null if there is none, as in browsers. */
    readonly reason: string | null
  }
> {
  readonly code = "network_error"
}

/** The response is not one of this API: a proxy's page, or a response of a newer version of the service. */
export class UnexpectedResponse extends Data.TaggedError("UnexpectedResponse")<
  FailedCall & {
    readonly message: string
    readonly status: number
    /** The response's `X-Request-Id`; null if it has none. */
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

/** The service responded with a problem. The error has the members of that problem; `code` says which kind it is. */
export class ProblemError extends Data.TaggedError("ProblemError")<
  AnyProblem & {
    /** The number of seconds to wait before a retry (`Retry-After`); null if the service does not say. */
    readonly retry_after_seconds: number | null
  }
> {
  override readonly message = `${this.title} (${this.code}, request ${this.request_id}): ${this.detail}`
}

/** The error for each kind of problem in a union; comparing `code` narrows it. */
export type ProblemErrorOf<Problem> = Problem extends AnyProblem ? ProblemError & Problem : never

/** The task was changed since the version that the caller named: how, and which fields are in conflict. */
export type TaskVersionConflict = ProblemErrorOf<
  typeof VersionConflictProblem.Type | typeof PreconditionFailedProblem.Type
>

/** The category was changed since the version that the caller named. */
export type CategoryVersionConflict = ProblemErrorOf<
  typeof CategoryVersionConflictProblem.Type | typeof CategoryPreconditionFailedProblem.Type
>
