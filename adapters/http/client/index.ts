/** Exports the typed client and the types of its results. */
export type { CategoryResource } from "../api/v1/CategoryResource.ts"
export type { ChangeResource, FeedChange } from "../api/v1/ChangeResource.ts"
export type { MergeResource } from "../api/v1/MergeResource.ts"
export type { FieldError } from "../api/v1/ProblemSchemas.ts"
export type { SomeCategoryValues, SomeTaskValues } from "../api/v1/RecordedValues.ts"
export type { SessionResource } from "../api/v1/SessionResource.ts"
export type { TaskResource } from "../api/v1/TaskResource.ts"
export type { UserResource } from "../api/v1/UserResource.ts"
export {
  type AnyProblem,
  type CategoryVersionConflict,
  type FailedCall,
  NetworkError,
  ProblemError,
  type ProblemErrorOf,
  type TaskVersionConflict,
  UnexpectedResponse,
} from "./ClientErrors.ts"
export type { ClientMethod, ClientMethods, Failure, Input, Output } from "./ClientMethods.ts"
export type { Follow, FollowEvent, FollowOptions } from "./FollowChanges.ts"
export { IdempotencyKey } from "./IdempotencyKey.ts"
export type { AllTasksQuery } from "./ListAll.ts"
export type { RateLimitStatus } from "./RateLimitHeaders.ts"
export type { ListTasks, TaskCursorPage, TaskCursorQuery, TaskPage, TaskPageQuery } from "./TaskPages.ts"
export { type Client, type ClientOptions, makeClient, TaskwrightClient } from "./TaskwrightClient.ts"
export { memoryTokenStore, type TokenStore, type Tokens } from "./TokenStore.ts"
