/** Lists every kind of problem that the API responds with, by its stable code. `/problems/<code>` explains each. */
export const problemTypes = {
  validation_failed: {
    status: 400,
    title: "Validation failed",
    meaning: "The request has a wrong shape. `errors` names each field and says what it takes.",
  },
  malformed_json: {
    status: 400,
    title: "Malformed JSON",
    meaning: "The body is not JSON in UTF-8, or it is nested more than 32 levels deep.",
  },
  malformed_request: {
    status: 400,
    title: "Malformed request",
    meaning: "The request is not HTTP/1.1 as RFC 9112 has it.",
  },
  invalid_etag: {
    status: 400,
    title: "Invalid ETag",
    meaning: "`If-Match` is neither `*` nor a list of tags that begin with a version, as `ETag` gives them.",
  },
  precondition_mismatch: {
    status: 400,
    title: "Precondition mismatch",
    meaning: "`If-Match` and the body's `version` name different versions. Send one of them, or the same in both.",
  },
  unknown_version: {
    status: 400,
    title: "Unknown version",
    meaning: "The version that you name is above the current one. Read the resource again.",
  },
  invalid_idempotency_key: {
    status: 400,
    title: "Invalid idempotency key",
    meaning: "`Idempotency-Key` is not 1 to 255 visible ASCII characters, plain or in quotes.",
  },
  idempotency_key_not_supported: {
    status: 400,
    title: "Idempotency key not supported",
    meaning:
      "The call takes no `Idempotency-Key`: its response can hold a secret, so it is not kept. Leave the header out.",
  },
  invalid_cursor: {
    status: 400,
    title: "Invalid cursor",
    meaning:
      "The cursor is not one that the service gave. Send it as you received it. A list of tasks starts with an empty `cursor`.",
  },
  cursor_mismatch: {
    status: 400,
    title: "Cursor mismatch",
    meaning:
      "The cursor belongs to a list with another sort, order or filter. Send the same ones, or start with an empty `cursor`.",
  },
  invalid_filter: {
    status: 400,
    title: "Invalid filter",
    meaning:
      "The filter cannot be read. `errors` says at which character, and what could stand there. Put text with special characters in quotes.",
  },
  unknown_time_zone: {
    status: 400,
    title: "Unknown time zone",
    meaning: "There is no time zone of this name. Send a name of the IANA database, such as `Europe/Berlin`.",
  },
  invalid_verification_token: {
    status: 400,
    title: "Invalid verification token",
    meaning: "The token is unknown, was used, has expired, or a newer one was asked for. Ask for a new mail.",
  },
  invalid_reset_token: {
    status: 400,
    title: "Invalid reset token",
    meaning: "The token is unknown, was used, has expired, or a newer one was asked for. Ask for a new mail.",
  },
  unauthorized: {
    status: 401,
    title: "Unauthorized",
    meaning:
      "The call needs a good access token or API token: `Authorization: Bearer <token>`. Refresh it or log in again.",
  },
  invalid_credentials: {
    status: 401,
    title: "Invalid credentials",
    meaning: "The email address is unknown or the password is wrong.",
  },
  invalid_refresh_token: {
    status: 401,
    title: "Invalid refresh token",
    meaning: "The token is unknown, has expired, was replaced, or its session was ended. Log in again.",
  },
  not_owner: {
    status: 403,
    title: "Not the owner",
    meaning: "It exists, and belongs to another user.",
  },
  origin_not_allowed: {
    status: 403,
    title: "Origin not allowed",
    meaning: "Pages of this origin may not call the endpoint. The operator lists origins in `CORS_ORIGINS`.",
  },
  email_not_verified: {
    status: 403,
    title: "Email not verified",
    meaning: "Verify your email address first: follow the link in the mail, or ask for a new one.",
  },
  session_required: {
    status: 403,
    title: "Session required",
    meaning:
      "No API token may do this, whatever its scopes are: it needs the access token of a login. A token takes back only its own changes.",
  },
  insufficient_scope: {
    status: 403,
    title: "Insufficient scope",
    meaning: "The API token lacks a scope: `required_scope` names it. Create a token that has it.",
  },
  not_found: { status: 404, title: "Not found", meaning: "There is nothing at this address." },
  task_not_found: { status: 404, title: "Task not found", meaning: "There is no such task, or it was deleted." },
  category_not_found: {
    status: 404,
    title: "Category not found",
    meaning: "There is no such category, or the task does not have it.",
  },
  change_not_found: {
    status: 404,
    title: "Change not found",
    meaning:
      "You have no such change or batch, or the session or token has changed nothing since then. A change that is no longer kept is `undo_expired`.",
  },
  session_not_found: {
    status: 404,
    title: "Session not found",
    meaning: "You have no such session, or it has ended.",
  },
  token_not_found: {
    status: 404,
    title: "Token not found",
    meaning: "You have no such API token, or it was revoked.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    meaning: "The address does not take this method. The `Allow` header names those it takes.",
  },
  not_acceptable: {
    status: 406,
    title: "Not acceptable",
    meaning: "The response is an event stream, and `Accept` excludes `text/event-stream`.",
  },
  request_timeout: {
    status: 408,
    title: "Request timeout",
    meaning: "The request took too long to arrive.",
  },
  email_taken: { status: 409, title: "Email taken", meaning: "Another account has this email address." },
  category_name_taken: {
    status: 409,
    title: "Category name taken",
    meaning: "You have a category of this name.",
  },
  too_many_tokens: {
    status: 409,
    title: "Too many tokens",
    meaning: "A user has at most 50 valid API tokens. Revoke one first.",
  },
  category_limit_reached: {
    status: 409,
    title: "Category limit reached",
    meaning: "A user has at most 1,000 categories, and a task shows at most 100. Delete one, or take one off the task.",
  },
  category_already_assigned: {
    status: 409,
    title: "Category already assigned",
    meaning: "The task has this category.",
  },
  version_conflict: {
    status: 409,
    title: "Version conflict",
    meaning:
      "The task or category was changed since you read it: 409 if the body named the version, 412 if `If-Match` did. `current` is how it stands, and `conflicting_fields` names the fields that both sides changed.",
  },
  not_deleted: {
    status: 409,
    title: "Not deleted",
    meaning: "It is not deleted, so there is nothing to restore.",
  },
  idempotency_in_progress: {
    status: 409,
    title: "Idempotency in progress",
    meaning: "The first request with this `Idempotency-Key` is still at work. Send the same again after `Retry-After`.",
  },
  cursor_expired: {
    status: 410,
    title: "Cursor expired",
    meaning:
      "Changes after the cursor are no longer kept. Read the lists again, and follow the changes from their `changes_cursor`.",
  },
  cursor_reset: {
    status: 410,
    title: "Cursor reset",
    meaning:
      "The cursor belongs to another history: of another server, or from before a backup was restored. Read the lists again, and follow the changes from their `changes_cursor`.",
  },
  batch_failed: {
    status: 409,
    title: "Batch failed",
    meaning:
      "An operation was refused, so nothing of the batch was done. `failed_index` is its place, and the last of `results` has its problem. The status is 409 if it met a conflict, and 422 otherwise.",
  },
  plan_stale: {
    status: 409,
    title: "Plan stale",
    meaning:
      "The confirmation belongs to another plan, has expired, or tasks of the plan were changed since. Nothing was done. Ask for the plan again.",
  },
  undo_conflict: {
    status: 409,
    title: "Undo conflict",
    meaning:
      "Later changes are in the way. Nothing was taken back: `blocked` names each field, and the change that is in its way. With `partial` the rest is taken back.",
  },
  not_undoable: {
    status: 409,
    title: "Not undoable",
    meaning: "A purge can never be taken back, and one call takes back at most 5,000 changes. Nothing was done.",
  },
  undo_expired: {
    status: 410,
    title: "Undo expired",
    meaning:
      "The old values are gone, because the task or category was purged since, or because the changes are no longer kept. Nothing was taken back. With `partial` the rest is.",
  },
  payload_too_large: {
    status: 413,
    title: "Payload too large",
    meaning: "The body is larger than 64 KiB, or 512 KiB for a batch.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    meaning: "A body needs `Content-Type: application/json`, in UTF-8.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "Idempotency key reused",
    meaning:
      "This `Idempotency-Key` was used for another request. Take a new one for each request that is not a retry.",
  },
  rate_limited: {
    status: 429,
    title: "Rate limited",
    meaning: "Too many requests. `Retry-After` says after how many seconds the next may pass.",
  },
  too_many_attempts: {
    status: 429,
    title: "Too many attempts",
    meaning: "Showing the password is locked after too many failures. `Retry-After` says for how many seconds.",
  },
  too_many_streams: {
    status: 429,
    title: "Too many streams",
    meaning: "You have as many open streams as this server allows. Close one, or read the changes with `wait`.",
  },
  headers_too_large: {
    status: 431,
    title: "Headers too large",
    meaning: "The headers are larger than 16 KiB.",
  },
  internal_error: {
    status: 500,
    title: "Internal error",
    meaning: "The service failed. Tell its operator the `request_id`.",
  },
  unsupported_transfer_coding: {
    status: 501,
    title: "Unsupported transfer coding",
    meaning: "The body is in a `Transfer-Encoding` besides `chunked`. Send it as it is.",
  },
  unavailable: {
    status: 503,
    title: "Unavailable",
    meaning: "The service cannot do this at the moment. `Retry-After` says after how many seconds to try again.",
  },
} as const

export type ProblemTypes = typeof problemTypes
export type ProblemCode = keyof ProblemTypes
