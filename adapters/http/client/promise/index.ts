/** Exports the client with promises and the types of its results. */
export type { CategoryResource } from "../../api/v1/CategoryResource.ts"
export type { ChangeResource, FeedChange } from "../../api/v1/ChangeResource.ts"
export type { MergeResource } from "../../api/v1/MergeResource.ts"
export type { FieldError } from "../../api/v1/ProblemSchemas.ts"
export type { SessionResource } from "../../api/v1/SessionResource.ts"
export type { TaskResource } from "../../api/v1/TaskResource.ts"
export type { UserResource } from "../../api/v1/UserResource.ts"
export { NetworkError, ProblemError, UnexpectedResponse } from "../ClientErrors.ts"
export type { FollowEvent, FollowOptions } from "../FollowChanges.ts"
export type { AllTasksQuery } from "../ListAll.ts"
export type { RateLimitStatus } from "../RateLimitHeaders.ts"
export type { TaskCursorPage, TaskCursorQuery, TaskPage, TaskPageQuery } from "../TaskPages.ts"
export type { Tokens } from "../TokenStore.ts"
export {
  type Client,
  type ClientError,
  type ClientOptions,
  isClientError,
  isProblem,
  makeClient,
  type TokenStore,
} from "./PromiseClient.ts"
export type { CallOptions, IterationOptions } from "./PromiseMethods.ts"
