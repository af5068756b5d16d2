/** Maps the errors of handlers to problem responses. */
import type { InvalidBatch } from "../../../../application/batch/CheckBatch.ts"
import type { ReferenceNotCreated } from "../../../../application/batch/RunOperation.ts"
import type { CannotResume } from "../../../../application/changes/ChangeFeed.ts"
import type { IdempotencyKeyReused } from "../../../../application/changes/Idempotency.ts"
import type { IdempotencyInProgress } from "../../../../application/changes/KeyTurns.ts"
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
  ApiTokenNotFound,
  InsufficientScope,
  SessionRequired,
  TooManyApiTokens,
} from "../../../../domain/accounts/ApiTokenErrors.ts"
import type {
  CategoryLimitReached,
  CategoryNameTaken,
  CategoryNotFound,
} from "../../../../domain/categories/CategoryErrors.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import type { ChangeNotFound, UnknownVersion } from "../../../../domain/changes/ChangeErrors.ts"
import type { InvalidIdempotencyKey } from "../../../../domain/changes/IdempotencyKey.ts"
import type { StaleCategoryVersion, StaleTaskVersion } from "../../../../domain/changes/StaleVersion.ts"
import type { NotUndoable, UndoConflict, UndoExpired, UndoTooLarge } from "../../../../domain/changes/UndoErrors.ts"
import type { CursorMismatch, InvalidCursor } from "../../../../domain/shared/CursorErrors.ts"
import type { NotDeleted } from "../../../../domain/shared/NotDeleted.ts"
import type { NotOwner } from "../../../../domain/shared/NotOwner.ts"
import type { UnknownTimeZone } from "../../../../domain/tasks/FilterErrors.ts"
import type {
  CategoryAlreadyAssigned,
  CategoryNotAssigned,
  DueDateNotInFuture,
  TaskNotFound,
} from "../../../../domain/tasks/TaskErrors.ts"
import { problem } from "../../api/v1/Problem.ts"
import { problemContentType } from "../../api/v1/ProblemSchemas.ts"
import { toObstacleResource } from "../../api/v1/UndoResource.ts"
import { categoryConflictOf, taskConflictOf } from "../../api/v1/VersionConflict.ts"
import type { InvalidEtag } from "../request/EntityTags.ts"
import { maxFieldErrors } from "../request/FieldErrors.ts"
import { HttpResponse, retryAfter } from "../response/HttpResponse.ts"
import type { TooManyStreams } from "../streams/OpenStreams.ts"
import { type BatchConflict, type BatchRefused, fieldErrorOf } from "./BatchErrors.ts"
import type {
  CategoryPreconditionFailed,
  PreconditionFailed,
  PreconditionMismatch,
  VersionRequired,
} from "./Preconditions.ts"
import type { InvalidFilterIn } from "./TaskLists.ts"

/** Where requests contain the passwords that commands name. */
const passwordPaths = { password: "body.password", newPassword: "body.new_password" } as const

/** The message of a field error for a password that is one of the most used. */
export const commonPasswordMessage = "must not be one of the most used passwords"

const tooManyChanges = {
  target: (limit: number) => `These are more than ${limit} changes. Take them back in parts, the newest first.`,
  history: (limit: number) => `The same tasks and categories were changed more than ${limit} times since.`,
} as const satisfies Record<UndoTooLarge["of"], unknown>

/** The problem for each domain error. The statuses are defined here and in `ProblemTypes.ts` alone. */
const problems = {
  // The token is valid, but its account was deleted.
  AccountNotFound: (_: AccountNotFound, id: string) => problem("unauthorized", id),
  ApiTokenNotFound: (_: ApiTokenNotFound, id: string) => problem("token_not_found", id),
  BatchConflict: (failure: BatchConflict, id: string) => ({ ...problem("batch_failed", id), ...failureOf(failure) }),
  BatchRefused: (failure: BatchRefused, id: string) => ({
    ...problem("batch_failed", id),
    status: 422 as const,
    ...failureOf(failure),
  }),
  CannotResume: ({ latest, oldest, reason }: CannotResume, id: string) => ({
    ...problem(reason._tag === "CursorExpired" ? "cursor_expired" : "cursor_reset", id),
    oldest_cursor: ChangeCursor.encode(oldest),
    latest_cursor: ChangeCursor.encode(latest),
  }),
  CategoryAlreadyAssigned: (_: CategoryAlreadyAssigned, id: string) => problem("category_already_assigned", id),
  CategoryLimitReached: ({ limit, of }: CategoryLimitReached, id: string) =>
    problem(
      "category_limit_reached",
      id,
      of === "user"
        ? `You have ${limit} categories, and can have no more. Delete one first.`
        : `The task has ${limit} categories, and can have no more. Take one off first.`,
    ),
  CategoryNameTaken: (_: CategoryNameTaken, id: string) => problem("category_name_taken", id),
  CategoryNotAssigned: (_: CategoryNotAssigned, id: string) => problem("category_not_found", id),
  CategoryNotFound: (_: CategoryNotFound, id: string) => problem("category_not_found", id),
  CategoryPreconditionFailed: ({ conflict }: CategoryPreconditionFailed, id: string) => ({
    ...problem("version_conflict", id),
    status: 412 as const,
    ...categoryConflictOf(conflict),
  }),
  ChangeNotFound: (_: ChangeNotFound, id: string) => problem("change_not_found", id),
  CommonPassword: ({ field }: CommonPassword, id: string) => ({
    ...problem("validation_failed", id),
    errors: [{ path: passwordPaths[field], message: commonPasswordMessage }],
  }),
  CursorMismatch: (_: CursorMismatch, id: string) => problem("cursor_mismatch", id),
  DueDateNotInFuture: (_: DueDateNotInFuture, id: string) => ({
    ...problem("validation_failed", id),
    errors: [{ path: "body.due_date", message: "must be in the future" }],
  }),
  EmailTaken: (_: EmailTaken, id: string) => problem("email_taken", id),
  IdempotencyInProgress: (_: IdempotencyInProgress, id: string) => problem("idempotency_in_progress", id),
  IdempotencyKeyReused: (_: IdempotencyKeyReused, id: string) => problem("idempotency_key_reused", id),
  InsufficientScope: ({ missing }: InsufficientScope, id: string) => ({
    ...problem("insufficient_scope", id),
    required_scope: missing[0],
  }),
  InvalidBatch: ({ issues }: InvalidBatch, id: string) => ({
    ...problem("validation_failed", id),
    errors: issues.slice(0, maxFieldErrors).map(fieldErrorOf),
  }),
  InvalidCredentials: (_: InvalidCredentials, id: string) => problem("invalid_credentials", id),
  InvalidCursor: (_: InvalidCursor, id: string) => problem("invalid_cursor", id),
  InvalidEtag: (_: InvalidEtag, id: string) => problem("invalid_etag", id),
  InvalidFilterIn: ({ path, mistake: { expected, position, reason } }: InvalidFilterIn, id: string) => ({
    ...problem("invalid_filter", id),
    errors: [{ path, position, expected, message: reason }],
  }),
  InvalidIdempotencyKey: (_: InvalidIdempotencyKey, id: string) => problem("invalid_idempotency_key", id),
  InvalidRefreshToken: (_: InvalidRefreshToken, id: string) => problem("invalid_refresh_token", id),
  InvalidResetToken: (_: InvalidResetToken, id: string) => problem("invalid_reset_token", id),
  InvalidVerificationToken: (_: InvalidVerificationToken, id: string) => problem("invalid_verification_token", id),
  NotDeleted: ({ resource }: NotDeleted, id: string) =>
    problem("not_deleted", id, `The ${resource} is not deleted, so there is nothing to restore.`),
  NotOwner: ({ resource }: NotOwner, id: string) =>
    problem("not_owner", id, `The ${resource} belongs to somebody else.`),
  NotUndoable: ({ blocked }: NotUndoable, id: string) => ({
    ...problem("not_undoable", id, "A purge can never be taken back."),
    blocked: blocked.map(toObstacleResource),
  }),
  PreconditionFailed: ({ conflict }: PreconditionFailed, id: string) => ({
    ...problem("version_conflict", id),
    status: 412 as const,
    ...taskConflictOf(conflict),
  }),
  PreconditionMismatch: (_: PreconditionMismatch, id: string) => problem("precondition_mismatch", id),
  ReferenceNotCreated: ({ entity, name }: ReferenceNotCreated, id: string) =>
    problem(`${entity}_not_found`, id, `The operation that creates $${name} was refused.`),
  SessionNotFound: (_: SessionNotFound, id: string) => problem("session_not_found", id),
  SessionRequired: (_: SessionRequired, id: string) => problem("session_required", id),
  StaleCategoryVersion: (conflict: StaleCategoryVersion, id: string) => ({
    ...problem("version_conflict", id),
    ...categoryConflictOf(conflict),
  }),
  StaleTaskVersion: (conflict: StaleTaskVersion, id: string) => ({
    ...problem("version_conflict", id),
    ...taskConflictOf(conflict),
  }),
  TaskNotFound: ({ deletedAt }: TaskNotFound, id: string) => ({
    ...problem("task_not_found", id),
    ...(deletedAt !== undefined && { in_trash: true as const, deleted_at: deletedAt }),
  }),
  TooManyApiTokens: ({ limit }: TooManyApiTokens, id: string) =>
    problem("too_many_tokens", id, `You have ${limit} valid API tokens, and can have no more. Revoke one first.`),
  TooManyAttempts: (_: TooManyAttempts, id: string) => problem("too_many_attempts", id),
  TooManyStreams: (_: TooManyStreams, id: string) => problem("too_many_streams", id),
  UndoConflict: ({ blocked }: UndoConflict, id: string) => ({
    ...problem("undo_conflict", id),
    blocked: blocked.map(toObstacleResource),
  }),
  UndoExpired: ({ blocked }: UndoExpired, id: string) => ({
    ...problem(
      "undo_expired",
      id,
      blocked.length === 0 ? "The changes, or some of them, are no longer kept." : undefined,
    ),
    blocked: blocked.map(toObstacleResource),
  }),
  UndoTooLarge: ({ limit, of }: UndoTooLarge, id: string) => ({
    ...problem("not_undoable", id, tooManyChanges[of](limit)),
    blocked: [],
  }),
  UnknownTimeZone: (_: UnknownTimeZone, id: string) => problem("unknown_time_zone", id),
  UnknownVersion: ({ current }: UnknownVersion, id: string) => ({
    ...problem("unknown_version", id),
    current_version: current,
  }),
  VersionRequired: (_: VersionRequired, id: string) => ({
    ...problem("validation_failed", id),
    errors: [{ path: "body.version", message: "is required" }],
  }),
}

const failureOf = ({ failedIndex, results }: BatchConflict | BatchRefused) => ({ failed_index: failedIndex, results })

type Problems = typeof problems
/** An error of any handler. */
export type HandlerError = Parameters<Problems[keyof Problems]>[0]
type ProblemOf<E extends HandlerError> = ReturnType<Problems[E["_tag"]]>

type Headers = Readonly<Record<string, string>>

/** After how long to ask again for the response to a request that is still running. */
const idempotencyRetryMillis = 1_000

/** After how long a client may try again to open a stream. */
const streamRetryMillis = 5_000

/** The headers that the responses to some errors have. */
const headers: { readonly [Tag in keyof Problems]?: (error: Parameters<Problems[Tag]>[0]) => Headers } = {
  AccountNotFound: () => ({ "www-authenticate": 'Bearer error="invalid_token"' }),
  IdempotencyInProgress: () => retryAfter(idempotencyRetryMillis),
  // RFC 6750 §3.1: all scopes that are missing, with spaces between them.
  InsufficientScope: ({ missing }) => ({
    "www-authenticate": `Bearer error="insufficient_scope", scope="${missing.join(" ")}"`,
  }),
  InvalidCredentials: () => ({ "www-authenticate": "Bearer" }),
  InvalidRefreshToken: () => ({ "www-authenticate": "Bearer" }),
  TooManyAttempts: ({ retryAfterMillis }) => retryAfter(retryAfterMillis),
  TooManyStreams: () => retryAfter(streamRetryMillis),
}

/**
 * The errors that map to one of `Declared`, the problems that an endpoint declares. A handler's type accepts no other
 * error, so the compiler finds missing mappings and undeclared problems.
 */
export type ErrorWithProblem<Declared> = {
  [Tag in keyof Problems]: ReturnType<Problems[Tag]> extends Declared ? Parameters<Problems[Tag]>[0] : never
}[keyof Problems]

/** Returns the problem of the error. */
export const problemOf = <E extends HandlerError>(error: E, requestId: string): ProblemOf<E> => {
  const toBody = problems[error._tag] as (error: E, requestId: string) => ProblemOf<E>
  return toBody(error, requestId)
}

/** Returns the response to a request that failed with the error. */
export const toProblem = <E extends HandlerError>(error: E, requestId: string): HttpResponse => {
  const headersOf = headers[error._tag] as ((error: E) => Headers) | undefined
  const problem = problemOf(error, requestId)
  return new HttpResponse(
    problem.status,
    { "content-type": problemContentType, ...headersOf?.(error) },
    JSON.stringify(problem),
  )
}
