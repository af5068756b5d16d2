/** Defines the types of the API's response bodies, and the fields, codes and statuses that responses must have. */
import type { BatchResponse, BatchResult } from "../../adapters/http/api/v1/BatchApi.ts"
import type { CategoryResource } from "../../adapters/http/api/v1/CategoryResource.ts"
import type { ChangeResource } from "../../adapters/http/api/v1/ChangeResource.ts"
import type { MergeResource } from "../../adapters/http/api/v1/MergeResource.ts"
import type { FieldError } from "../../adapters/http/api/v1/ProblemSchemas.ts"
import type { SessionResource } from "../../adapters/http/api/v1/SessionResource.ts"
import type { TaskResource } from "../../adapters/http/api/v1/TaskResource.ts"
import type { TokenResource } from "../../adapters/http/api/v1/TokenResource.ts"
import type { TrashedTaskResource } from "../../adapters/http/api/v1/TrashApi.ts"
import type { UndoObstacleResource } from "../../adapters/http/api/v1/UndoResource.ts"
import type { UserResource } from "../../adapters/http/api/v1/UserResource.ts"

export interface TaskResponse {
  readonly task: TaskResource
}
export interface UpdatedTaskResponse extends TaskResponse {
  readonly merged?: MergeResource
}
export interface TaskPage {
  readonly data: ReadonlyArray<TaskResource>
  readonly total: number
  readonly page: number
  readonly limit: number
}
export interface TaskCursorPage {
  readonly data: ReadonlyArray<TaskResource>
  readonly next_cursor: string | null
  readonly changes_cursor: string | null
  readonly limit: number
}
export interface HistoryPage {
  readonly data: ReadonlyArray<ChangeResource>
  readonly next_cursor: string | null
  readonly complete?: boolean
}
export interface TrashPage {
  readonly data: ReadonlyArray<TrashedTaskResource>
  readonly next_cursor: string | null
}
export interface CategoryResponse {
  readonly category: CategoryResource
}
export interface CategoryList {
  readonly data: ReadonlyArray<CategoryResource>
  readonly changes_cursor: string
}
export interface UserResponse {
  readonly user: UserResource
}
export interface SessionList {
  readonly data: ReadonlyArray<SessionResource>
}
export interface TokenResponse {
  readonly token: TokenResource
  readonly secret: string
}
export interface TokenList {
  readonly data: ReadonlyArray<TokenResource>
}
export interface TokenPair {
  readonly access_token: string
  readonly refresh_token: string
}
export interface Registration extends TokenPair {
  readonly user: Omit<UserResource, "updated_at">
}
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly request_id: string
  readonly errors?: ReadonlyArray<FieldError>
  readonly current_version?: number
  readonly current?: TaskResource
  readonly base_version?: number | null
  readonly base?: Readonly<Record<string, unknown>> | null
  readonly changed_fields?: ReadonlyArray<string> | null
  readonly conflicting_fields?: ReadonlyArray<string> | null
  readonly mergeable?: boolean
  readonly in_trash?: boolean
  readonly deleted_at?: string
  readonly failed_index?: number
  readonly required_scope?: string
  readonly results?: ReadonlyArray<BatchResult>
  readonly blocked?: ReadonlyArray<UndoObstacleResource>
}
export type Batch = BatchResponse & Problem

/** The fields of every response, as the contract lists them. */
export const fields = {
  registration: ["access_token", "refresh_token", "user"],
  registeredUser: ["created_at", "email", "full_name", "id", "is_active"],
  user: ["created_at", "email", "full_name", "id", "is_active", "updated_at"],
  userSummary: ["email", "full_name", "id"],
  tokenPair: ["access_token", "refresh_token"],
  task: [
    "categories",
    "created_at",
    "description",
    "due_date",
    "id",
    "priority",
    "status",
    "title",
    "updated_at",
    "user_id",
    "version",
  ],
  token: ["created_at", "expires_at", "id", "last_used_at", "name", "prefix", "scopes"],
  session: ["created_at", "current", "device", "expires_at", "id", "last_used_at"],
  page: ["data", "limit", "page", "total"],
  historyPage: ["data", "next_cursor"],
  change: ["actor", "at", "batch_id", "changes", "cursor", "id", "request_id", "task_id", "type", "undoes", "version"],
  cursorPage: ["changes_cursor", "data", "limit", "next_cursor"],
  category: ["color", "created_at", "id", "name", "updated_at", "user_id", "version"],
  problem: ["code", "detail", "request_id", "status", "title", "type"],
  conflict: ["base", "base_version", "changed_fields", "conflicting_fields", "current", "current_version", "mergeable"],
} as const

/** The codes of the contract with their statuses, and those that plain HTTP adds. */
export const statusOfCode: Readonly<Record<string, number>> = {
  validation_failed: 400,
  malformed_json: 400,
  invalid_etag: 400,
  precondition_mismatch: 400,
  invalid_idempotency_key: 400,
  idempotency_key_not_supported: 400,
  invalid_cursor: 400,
  cursor_mismatch: 400,
  invalid_filter: 400,
  unknown_time_zone: 400,
  unknown_version: 400,
  invalid_verification_token: 400,
  invalid_reset_token: 400,
  unauthorized: 401,
  invalid_credentials: 401,
  invalid_refresh_token: 401,
  not_owner: 403,
  email_not_verified: 403,
  session_required: 403,
  insufficient_scope: 403,
  origin_not_allowed: 403,
  not_found: 404,
  task_not_found: 404,
  category_not_found: 404,
  change_not_found: 404,
  session_not_found: 404,
  token_not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  email_taken: 409,
  category_name_taken: 409,
  category_already_assigned: 409,
  category_limit_reached: 409,
  too_many_tokens: 409,
  version_conflict: 409,
  idempotency_in_progress: 409,
  cursor_expired: 410,
  cursor_reset: 410,
  not_deleted: 409,
  batch_failed: 409,
  undo_conflict: 409,
  plan_stale: 409,
  not_undoable: 409,
  undo_expired: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  rate_limited: 429,
  too_many_attempts: 429,
  too_many_streams: 429,
  internal_error: 500,
  unsupported_transfer_coding: 501,
  unavailable: 503,
  malformed_request: 400,
  request_timeout: 408,
  headers_too_large: 431,
}

/** The second status of some codes: a failed precondition, and a batch that met no conflict. */
export const otherStatusOfCode: Readonly<Record<string, number>> = { version_conflict: 412, batch_failed: 422 }

export const keysOf = (value: object): ReadonlyArray<string> => Object.keys(value).sort()

export const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
export const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
