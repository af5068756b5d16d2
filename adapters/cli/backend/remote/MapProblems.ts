/** Maps the client's errors to domain errors and to errors of the command. */
import { Effect } from "effect"
import { EmailNotVerified, InvalidAccessToken } from "../../../../domain/accounts/AccountErrors.ts"
import { CommandFailed, LoginRequired, RateLimited, ScopeMissing, Unreachable } from "../../CliErrors.ts"
import { escapeControl } from "../../output/TerminalText.ts"
import type { AuthenticatedError } from "../Call.ts"

/** The fields that all errors of the client share. */
interface ClientFailure {
  readonly code: string
  readonly required_scope?: string
  readonly message: string
  /** The number of seconds to wait before a retry; null if the server does not say. */
  readonly retry_after_seconds?: number | null
}

/** The domain error for each problem of one call, by the code of the problem. */
type ProblemMapping<E extends ClientFailure> = {
  readonly [Code in E["code"]]?: (problem: Extract<E, { readonly code: Code }>) => unknown
}
/** The errors that a mapping returns. */
type MappedError<M> = M[keyof M] extends infer F ? (F extends (problem: never) => infer A ? A : never) : never

/** The time before a retry if the server does not say. */
const usualRetryMillis = 1_000

/** Maps problems to domain errors: first by the mapping of the call, then by the mapping that all calls share. */
export const makeMapProblems =
  (url: string) =>
  <A, E extends ClientFailure, const M extends ProblemMapping<E>>(
    call: Effect.Effect<A, E>,
    mapping: M,
  ): Effect.Effect<A, MappedError<M> | AuthenticatedError> =>
    Effect.catch(call, (problem): Effect.Effect<never, MappedError<M> | AuthenticatedError> => {
      const toError = mapping[problem.code as E["code"]] as ((problem: E) => MappedError<M>) | undefined
      if (toError !== undefined) return Effect.fail(toError(problem))
      return problem.code === "rate_limited"
        ? Effect.fail(new RateLimited({ retryAfterMillis: retryMillisOf(problem) }))
        : Effect.fail(mapCommonProblem(problem, url))
    })

const retryMillisOf = ({ retry_after_seconds: seconds }: ClientFailure): number =>
  seconds === null || seconds === undefined ? usualRetryMillis : seconds * 1000

const mapCommonProblem = (problem: ClientFailure, url: string): Exclude<AuthenticatedError, RateLimited> => {
  switch (problem.code) {
    case "unauthorized":
      return new InvalidAccessToken()
    case "email_not_verified":
      return new EmailNotVerified()
    case "session_required":
      return new LoginRequired()
    case "insufficient_scope":
      return new ScopeMissing({ scope: escapeControl(scopeOf(problem)) })
    case "network_error":
      return new Unreachable({ message: `The server ${url} cannot be reached.` })
    case "unavailable":
    case "internal_error":
    case "unexpected_response":
      return new Unreachable({ message: `The server ${url} cannot answer: ${escapeControl(problem.message)}` })
    default:
      return new CommandFailed({ message: detailOf(problem) })
  }
}

const scopeOf = (problem: { readonly required_scope?: string }): string => problem.required_scope ?? "that is needed"

/** Returns the server's message about a problem, or its message about each field if it lists fields. */
export const detailOf = (problem: { readonly detail?: string; readonly message?: string }): string => {
  const { detail, errors } = problem as {
    readonly detail?: string
    readonly errors?: ReadonlyArray<{ readonly path: string; readonly message: string }>
  }
  return errors === undefined || errors.length === 0
    ? escapeControl(detail ?? problem.message ?? "")
    : errors.map(({ message, path }) => escapeControl(`${path.replace(/^\w+\./, "")} ${message}`)).join("; ")
}
