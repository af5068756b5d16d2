/** Maps the errors of tools to answers: a stable code, what happened, and what to do next. */
import { Data, Result } from "effect"
import type { InvalidBatch } from "../../application/batch/CheckBatch.ts"
import type { BatchFailed } from "../../application/batch/RunBatch.ts"
import type { OperationError, ReferenceNotCreated } from "../../application/batch/RunOperation.ts"
import type { ConfirmationRequired, PlanStale, PlanTooLarge } from "../../application/batch/RunPlan.ts"
import type { IdempotencyKeyReused } from "../../application/changes/Idempotency.ts"
import type { IdempotencyInProgress } from "../../application/changes/KeyTurns.ts"
import type { AccountNotFound, EmailNotVerified, InvalidAccessToken } from "../../domain/accounts/AccountErrors.ts"
import type { InsufficientScope, SessionRequired } from "../../domain/accounts/ApiTokenErrors.ts"
import type { ChangeNotFound } from "../../domain/changes/ChangeErrors.ts"
import type { NotUndoable, UndoConflict, UndoExpired, UndoTooLarge } from "../../domain/changes/UndoErrors.ts"
import type { CursorMismatch, InvalidCursor } from "../../domain/shared/CursorErrors.ts"
import type { InvalidFilter, UnknownTimeZone } from "../../domain/tasks/FilterErrors.ts"
import { type ProblemCode, problemTypes } from "../http/api/v1/ProblemTypes.ts"
import { toObstacleResource } from "../http/api/v1/UndoResource.ts"
import { taskConflictOf } from "../http/api/v1/VersionConflict.ts"
import { fittingCount, shorten } from "./AnswerLimit.ts"

/** One mistake in the arguments, by its path. */
export interface ArgumentError {
  readonly path: string
  readonly message: string
}

/** The arguments have a wrong shape. Nothing was done. */
export class InvalidArguments extends Data.TaggedError("InvalidArguments")<{
  readonly errors: ReadonlyArray<ArgumentError>
}> {}

/** An error of any tool. A tool that can fail with any other does not compile. */
export type ToolError =
  | AccountNotFound
  | BatchFailed
  | ChangeNotFound
  | ConfirmationRequired
  | CursorMismatch
  | EmailNotVerified
  | IdempotencyInProgress
  | IdempotencyKeyReused
  | InsufficientScope
  | InvalidAccessToken
  | InvalidArguments
  | InvalidBatch
  | InvalidCursor
  | InvalidFilter
  | NotUndoable
  | PlanStale
  | PlanTooLarge
  | SessionRequired
  | UndoConflict
  | UndoExpired
  | UndoTooLarge
  | UnknownTimeZone
  | Exclude<OperationError, ReferenceNotCreated>

/** What an assistant reads of an error. */
export interface ToolProblem {
  readonly code: ProblemCode
  readonly detail: string
  readonly next: string
  readonly [member: string]: unknown
}

const problem = (code: ProblemCode, next: string, more: { readonly [member: string]: unknown } = {}): ToolProblem => ({
  code,
  detail: problemTypes[code].meaning,
  next,
  ...more,
})

const readAgain = "Find the task again and use its id."
const signIn = "Ask the user to give this connection a valid token, or to sign in again."
const smallerUndo = "Take the changes back in parts, the newest batch first."

/** What obstacles to an undo take at most. */
const obstacleTokens = 6_000

const blockedBy = ({ blocked }: Pick<UndoConflict, "blocked">) => {
  const obstacles = blocked.map(toObstacleResource)
  return { blocked: obstacles.slice(0, fittingCount(obstacles, obstacleTokens)), blocked_total: obstacles.length }
}

type Errors = {
  readonly [Tag in ToolError["_tag"]]: (error: Extract<ToolError, { readonly _tag: Tag }>) => ToolProblem
}

const problems: Errors = {
  AccountNotFound: () => problem("unauthorized", signIn),
  BatchFailed: ({ results, ...failed }) => {
    const last = results[failed.failedIndex]
    const cause = last !== undefined && Result.isFailure(last) ? causeOf(last.failure) : null
    return cause === null
      ? problem("batch_failed", "Read the tasks again, then repeat the call.")
      : { ...cause, detail: `Nothing was done. ${cause.detail}` }
  },
  CategoryAlreadyAssigned: () => problem("category_already_assigned", "Nothing is left to do for this category."),
  CategoryLimitReached: ({ limit, of }) =>
    problem("category_limit_reached", "Use fewer categories.", {
      detail: `At most ${limit} categories ${of === "user" ? "of a user" : "on a task"}.`,
    }),
  CategoryNameTaken: () => problem("category_name_taken", "Use the category that has the name."),
  CategoryNotAssigned: () => problem("category_not_found", "Leave the category out."),
  CategoryNotFound: () => problem("category_not_found", "List the categories again."),
  ChangeNotFound: () => problem("change_not_found", "Look for the batch_id with recent_changes."),
  ConfirmationRequired: () => problem("plan_stale", "Repeat the call without confirm."),
  CursorMismatch: () => problem("cursor_mismatch", "Start again without cursor."),
  DueDateNotInFuture: () =>
    problem("validation_failed", "Use a due date in the future.", {
      detail: "A due date lies in the past.",
    }),
  EmailNotVerified: () => problem("email_not_verified", "Ask the user to follow the link in the email."),
  IdempotencyInProgress: () => problem("idempotency_in_progress", "Repeat the same call in a second."),
  IdempotencyKeyReused: () => problem("idempotency_key_reused", "Use a new idempotency_key."),
  InsufficientScope: ({ missing }) =>
    problem("insufficient_scope", "Ask the user for a token with these scopes.", { required_scopes: missing }),
  InvalidAccessToken: () => problem("unauthorized", signIn),
  InvalidArguments: ({ errors }) =>
    problem("validation_failed", "Correct the arguments as the input schema says, then call again.", {
      detail: "The arguments have a wrong shape. Nothing was done.",
      errors,
    }),
  InvalidBatch: () => problem("validation_failed", "Correct the arguments, then call again."),
  InvalidFilter: ({ expected, position, reason }) =>
    problem("invalid_filter", "Correct the filter. Put text with special characters in quotes.", {
      detail: `The filter ${reason}.`,
      position,
      expected,
    }),
  InvalidCursor: () => problem("invalid_cursor", "Start again without cursor."),
  NotDeleted: () => problem("not_deleted", "Nothing is left to do."),
  NotOwner: () => problem("not_owner", readAgain),
  NotUndoable: (error) => problem("not_undoable", "What was deleted for good cannot come back.", blockedBy(error)),
  PlanStale: ({ taskIds }) =>
    problem("plan_stale", "Repeat the call without confirm, and show the new plan to the user.", { ids: taskIds }),
  PlanTooLarge: ({ limit }) =>
    problem("validation_failed", "Split the call into smaller ones.", {
      detail: `The call needs more than ${limit} operations.`,
    }),
  SessionRequired: () => problem("session_required", "Ask the user to do this: it is not for this connection."),
  StaleCategoryVersion: () => problem("version_conflict", "List the categories again."),
  StaleTaskVersion: (error) => {
    const { changed_fields, conflicting_fields, current_version } = taskConflictOf(error)
    return problem(
      "version_conflict",
      "Read the task again with get_task, decide with the user which values stand, and use its version.",
      {
        id: error.current.id,
        title: shorten(error.current.title, 60),
        current_version,
        changed_fields,
        conflicting_fields,
      },
    )
  },
  TaskNotFound: ({ deletedAt }) =>
    problem("task_not_found", deletedAt === undefined ? readAgain : "It is in the trash. Undo its deletion.", {
      ...(deletedAt !== undefined && { in_trash: true }),
    }),
  UndoConflict: (error) =>
    problem("undo_conflict", "Repeat with partial: true to take back the rest, if the user agrees.", blockedBy(error)),
  UndoExpired: (error) => problem("undo_expired", "It is too old to be taken back.", blockedBy(error)),
  UndoTooLarge: () => problem("not_undoable", smallerUndo, { detail: "These are too many changes for one undo." }),
  UnknownTimeZone: () => problem("unknown_time_zone", "Use a name such as Europe/Berlin."),
  UnknownVersion: ({ current }) =>
    problem("unknown_version", "Read the task again and use its version.", { current_version: current }),
}

/** Returns what an assistant reads of the error. */
export const problemOf = (error: ToolError): ToolProblem => {
  const toProblem = problems[error._tag] as (error: ToolError) => ToolProblem
  return toProblem(error)
}

/** A plan names only what it creates itself, so no reference of it is missing unless that creation was refused before. */
const causeOf = (error: OperationError): ToolProblem | null =>
  error._tag === "ReferenceNotCreated" ? null : problemOf(error)

/** The statuses of refusals that depend on what is stored, so that an earlier success of the call can cause them. */
const refusals: ReadonlySet<number> = new Set([403, 404, 409, 410, 412, 422])

/** Whether an earlier success can cause the error, or the time that has passed since. */
export const isRefusal = (error: ToolError): boolean => {
  if (error._tag === "BatchFailed") return true
  return error._tag === "DueDateNotInFuture" || refusals.has(problemTypes[problemOf(error).code].status)
}
