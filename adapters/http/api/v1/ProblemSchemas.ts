/** Defines the JSON schema of every kind of problem that endpoints declare. */
import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { Scope } from "../../../../domain/accounts/Scope.ts"
import { type ProblemCode, type ProblemTypes, problemTypes } from "./ProblemTypes.ts"
import { changeCursorExample, TimestampString } from "./SchemaAnnotations.ts"

export const problemContentType = "application/problem+json"

/** One invalid field. */
export const FieldError = Schema.Struct({
  path: Schema.String.annotate({
    description: "Where it is: `body.title`, `query.limit`, `path.task_id`.",
    examples: ["body.title"],
  }),
  message: Schema.String.annotate({
    description: "What it takes.",
    examples: ["must have 3 to 200 characters"],
  }),
}).annotate({ identifier: "FieldError" })
export type FieldError = typeof FieldError.Type

/** The mistake in a filter. */
const FilterError = Schema.Struct({
  ...FieldError.fields,
  path: Schema.String.annotate({ description: "Where the filter is.", examples: ["query.filter"] }),
  position: Schema.Int.annotate({ description: "How many characters of it are before the mistake.", examples: [4] }),
  expected: Schema.Array(
    Schema.String.annotate({
      description: "What could be there: `term`, `operator`, `value`, `date`, …",
      examples: ["date"],
    }),
  ),
  message: Schema.String.annotate({
    description: "What it takes.",
    examples: ["must be a date from 1970 to 9999"],
  }),
}).annotate({ identifier: "FilterError" })

/** `version_conflict` -> `VersionConflictProblem` */
const identifierOf = (code: ProblemCode): string =>
  `${code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Problem`

/** Returns the schema of one kind of problem (RFC 9457), with its members beyond the common ones. */
export const problemSchema = <const Code extends ProblemCode, const Fields extends Schema.Struct.Fields>(
  code: Code,
  fields: Fields,
) => problemSchemaWith(code, problemTypes[code].status as ProblemTypes[Code]["status"], identifierOf(code), fields)

/** Returns the schema like `problemSchema`, for the kind under another status than its usual one. */
export const problemSchemaWith = <
  const Code extends ProblemCode,
  const Status extends number,
  const Fields extends Schema.Struct.Fields,
>(
  code: Code,
  status: Status,
  identifier: string,
  fields: Fields,
) => {
  const { meaning, title } = problemTypes[code]
  return Schema.Struct({
    // A service that a proxy publishes under a path has that path as a prefix.
    type: Schema.String.annotate({
      description: "The address of the page that explains the problem, relative to the service's.",
      format: "uri-reference",
      examples: [`/problems/${code}`],
    }).check(Schema.isPattern(new RegExp(`/problems/${code}$`))),
    title: Schema.String.annotate({ examples: [title] }),
    status: Schema.Literal(status),
    detail: Schema.String.annotate({ examples: [meaning] }),
    code: Schema.Literal(code),
    request_id: Schema.String.annotate({
      description: "The request's `X-Request-Id`.",
      examples: ["0193a5b0-7c1e-7b43-9d55-3c8a4f0e6a11"],
    }),
    ...fields,
  })
    .annotate({ identifier, description: meaning, httpApiStatus: status })
    .pipe(HttpApiSchema.asJson({ contentType: problemContentType }))
}

export const ValidationFailedProblem = problemSchema("validation_failed", { errors: Schema.Array(FieldError) })
export const MalformedJsonProblem = problemSchema("malformed_json", {})
export const InvalidEtagProblem = problemSchema("invalid_etag", {})
export const PreconditionMismatchProblem = problemSchema("precondition_mismatch", {})
export const InvalidIdempotencyKeyProblem = problemSchema("invalid_idempotency_key", {})
export const IdempotencyKeyNotSupportedProblem = problemSchema("idempotency_key_not_supported", {})
export const IdempotencyInProgressProblem = problemSchema("idempotency_in_progress", {})
export const IdempotencyKeyReusedProblem = problemSchema("idempotency_key_reused", {})
export const InvalidCursorProblem = problemSchema("invalid_cursor", {})
export const CursorMismatchProblem = problemSchema("cursor_mismatch", {})
export const InvalidFilterProblem = problemSchema("invalid_filter", { errors: Schema.Array(FilterError) })
export const UnknownTimeZoneProblem = problemSchema("unknown_time_zone", {})
export const UnknownVersionProblem = problemSchema("unknown_version", {
  current_version: Schema.Int.annotate({ examples: [2] }),
})
export const InvalidVerificationTokenProblem = problemSchema("invalid_verification_token", {})
export const InvalidResetTokenProblem = problemSchema("invalid_reset_token", {})
export const UnauthorizedProblem = problemSchema("unauthorized", {})
export const InvalidCredentialsProblem = problemSchema("invalid_credentials", {})
export const InvalidRefreshTokenProblem = problemSchema("invalid_refresh_token", {})
export const NotOwnerProblem = problemSchema("not_owner", {})
export const EmailNotVerifiedProblem = problemSchema("email_not_verified", {})
export const SessionRequiredProblem = problemSchema("session_required", {})
export const InsufficientScopeProblem = problemSchema("insufficient_scope", {
  required_scope: Scope.annotate({
    description: "The scope that the token lacks; the first, if it lacks several.",
    examples: ["tasks:write"],
  }),
})
export const TaskNotFoundProblem = problemSchema("task_not_found", {
  in_trash: Schema.optionalKey(
    Schema.Literal(true).annotate({ description: "Present if you deleted the task and can restore it." }),
  ),
  deleted_at: Schema.optionalKey(TimestampString),
})
export const CategoryNotFoundProblem = problemSchema("category_not_found", {})
export const ChangeNotFoundProblem = problemSchema("change_not_found", {})
export const SessionNotFoundProblem = problemSchema("session_not_found", {})
export const ApiTokenNotFoundProblem = problemSchema("token_not_found", {})
export const TooManyApiTokensProblem = problemSchema("too_many_tokens", {})
export const EmailTakenProblem = problemSchema("email_taken", {})
export const CategoryNameTakenProblem = problemSchema("category_name_taken", {})
export const CategoryLimitReachedProblem = problemSchema("category_limit_reached", {})
export const CategoryAlreadyAssignedProblem = problemSchema("category_already_assigned", {})
export const NotDeletedProblem = problemSchema("not_deleted", {})
export const MalformedRequestProblem = problemSchema("malformed_request", {})
export const NotFoundProblem = problemSchema("not_found", {})
export const NotAcceptableProblem = problemSchema("not_acceptable", {})
export const RequestTimeoutProblem = problemSchema("request_timeout", {})
const cursorFields = {
  oldest_cursor: Schema.String.annotate({
    description: "The place before the oldest change that is kept.",
    examples: ["1u-0d8e1c44"],
  }),
  latest_cursor: Schema.String.annotate({
    description: "The place after the newest change.",
    examples: [changeCursorExample],
  }),
}
export const CursorExpiredProblem = problemSchema("cursor_expired", cursorFields)
export const CursorResetProblem = problemSchema("cursor_reset", cursorFields)
export const PayloadTooLargeProblem = problemSchema("payload_too_large", {})
export const UnsupportedMediaTypeProblem = problemSchema("unsupported_media_type", {})
export const RateLimitedProblem = problemSchema("rate_limited", {
  violated_policies: Schema.Array(Schema.String.annotate({ examples: ["user"] })).annotate({
    description: "The names of the limits that refused the request, as in `RateLimit-Policy`.",
  }),
})
export const TooManyStreamsProblem = problemSchema("too_many_streams", {})
export const TooManyAttemptsProblem = problemSchema("too_many_attempts", {})
export const HeadersTooLargeProblem = problemSchema("headers_too_large", {})
export const InternalErrorProblem = problemSchema("internal_error", {})
export const UnsupportedTransferCodingProblem = problemSchema("unsupported_transfer_coding", {})
export const UnavailableProblem = problemSchema("unavailable", {})
