/** Maps the errors of use cases to problem responses. */
import { Effect } from "effect"
import type {
  AccountNotFound,
  CommonPassword,
  EmailTaken,
  InvalidCredentials,
  InvalidRefreshToken,
  InvalidResetToken,
  InvalidVerificationToken,
  SessionNotFound,
  TooManyAttempts,
} from "../../../../domain/accounts/AccountErrors.ts"
import type {
  CategoryLimitReached,
  CategoryNameTaken,
  CategoryNotFound,
} from "../../../../domain/categories/CategoryErrors.ts"
import type { NotOwner } from "../../../../domain/shared/NotOwner.ts"
import type { Task, VersionConflict } from "../../../../domain/tasks/Task.ts"
import type {
  CategoryAlreadyAssigned,
  CategoryNotAssigned,
  DueDateNotInFuture,
  TaskNotFound,
} from "../../../../domain/tasks/TaskErrors.ts"
import { problem } from "../../api/v1/Problem.ts"
import { toTaskResource } from "../../api/v1/TaskResource.ts"
import type { InvalidEtag } from "../request/EntityTags.ts"
import { RequestState, type RequestStateShape } from "../request/RequestContext.ts"
import type { PreconditionFailed, PreconditionMismatch, VersionRequired } from "./Preconditions.ts"

/** Where requests contain the passwords that commands name. */
const passwordPaths = { password: "body.password", newPassword: "body.new_password" } as const

/** The message of a field error for a password that is one of the most used. */
export const commonPasswordMessage = "must not be one of the most used passwords"

/** The problem for each domain error. The statuses are defined here and in `ProblemTypes.ts` alone. */
const problems = {
  // The token is valid, but its account was deleted.
  AccountNotFound: (_: AccountNotFound, { headers, id }: RequestStateShape) => {
    headers["www-authenticate"] = 'Bearer error="invalid_token"'
    return problem("unauthorized", id)
  },
  CategoryAlreadyAssigned: (_: CategoryAlreadyAssigned, { id }: RequestStateShape) =>
    problem("category_already_assigned", id),
  CategoryLimitReached: ({ limit, of }: CategoryLimitReached, { id }: RequestStateShape) =>
    problem(
      "category_limit_reached",
      id,
      of === "user"
        ? `You have ${limit} categories, and can have no more. Delete one first.`
        : `The task has ${limit} categories, and can have no more. Take one off first.`,
    ),
  CategoryNameTaken: (_: CategoryNameTaken, { id }: RequestStateShape) => problem("category_name_taken", id),
  CategoryNotAssigned: (_: CategoryNotAssigned, { id }: RequestStateShape) => problem("category_not_found", id),
  CategoryNotFound: (_: CategoryNotFound, { id }: RequestStateShape) => problem("category_not_found", id),
  CommonPassword: ({ field }: CommonPassword, { id }: RequestStateShape) => ({
    ...problem("validation_failed", id),
    errors: [{ path: passwordPaths[field], message: commonPasswordMessage }],
  }),
  DueDateNotInFuture: (_: DueDateNotInFuture, { id }: RequestStateShape) => ({
    ...problem("validation_failed", id),
    errors: [{ path: "body.due_date", message: "must be in the future" }],
  }),
  EmailTaken: (_: EmailTaken, { id }: RequestStateShape) => problem("email_taken", id),
  InvalidCredentials: (_: InvalidCredentials, { headers, id }: RequestStateShape) => {
    headers["www-authenticate"] = "Bearer"
    return problem("invalid_credentials", id)
  },
  InvalidEtag: (_: InvalidEtag, { id }: RequestStateShape) => problem("invalid_etag", id),
  InvalidRefreshToken: (_: InvalidRefreshToken, { headers, id }: RequestStateShape) => {
    headers["www-authenticate"] = "Bearer"
    return problem("invalid_refresh_token", id)
  },
  InvalidResetToken: (_: InvalidResetToken, { id }: RequestStateShape) => problem("invalid_reset_token", id),
  InvalidVerificationToken: (_: InvalidVerificationToken, { id }: RequestStateShape) =>
    problem("invalid_verification_token", id),
  NotOwner: ({ resource }: NotOwner, { id }: RequestStateShape) =>
    problem("not_owner", id, `The ${resource} belongs to somebody else.`),
  PreconditionFailed: ({ current }: PreconditionFailed, { id }: RequestStateShape) => ({
    ...problem("version_conflict", id),
    status: 412 as const,
    ...conflictOf(current),
  }),
  PreconditionMismatch: (_: PreconditionMismatch, { id }: RequestStateShape) => problem("precondition_mismatch", id),
  SessionNotFound: (_: SessionNotFound, { id }: RequestStateShape) => problem("session_not_found", id),
  TaskNotFound: (_: TaskNotFound, { id }: RequestStateShape) => problem("task_not_found", id),
  TooManyAttempts: ({ retryAfterMillis }: TooManyAttempts, { headers, id }: RequestStateShape) => {
    headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterMillis / 1000)))
    return problem("too_many_attempts", id)
  },
  VersionConflict: ({ current }: VersionConflict, { id }: RequestStateShape) => ({
    ...problem("version_conflict", id),
    ...conflictOf(current),
  }),
  VersionRequired: (_: VersionRequired, { id }: RequestStateShape) => ({
    ...problem("validation_failed", id),
    errors: [{ path: "body.version", message: "is required" }],
  }),
}

const conflictOf = (current: Task) => ({ current_version: current.version, current: toTaskResource(current) })

type Problems = typeof problems
type Refusal = Parameters<Problems[keyof Problems]>[0]
type ProblemOf<E extends Refusal> = ReturnType<Problems[E["_tag"]]>

/**
 * Maps the domain errors of a use case to problems. It accepts no error without a problem, and the endpoint's type
 * accepts no problem that its description does not declare. So the compiler finds missing mappings.
 */
export const toProblem = <A, E extends Refusal, R>(
  useCase: Effect.Effect<A, E, R>,
): Effect.Effect<A, ProblemOf<E>, R> =>
  Effect.catch(useCase, (refusal) =>
    Effect.flatMap(RequestState, (state) => {
      const toProblem = problems[refusal._tag] as (refusal: E, state: RequestStateShape) => ProblemOf<E>
      return Effect.fail(toProblem(refusal, state))
    }),
  )
