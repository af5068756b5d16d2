/** The public edge of the client. */
export type { CategoryResource } from "../CategoryResource.ts"
export type { FieldError } from "../ProblemSchemas.ts"
export type { SessionResource } from "../SessionResource.ts"
export type { TaskResource } from "../TaskResource.ts"
export type { UserResource } from "../UserResource.ts"
export type { Call, Calls, Failure, Input, Output } from "./Calls.ts"
export {
  type AnyProblem,
  type FailedCall,
  Refused,
  type RefusedWith,
  UnexpectedAnswer,
  Unreachable,
} from "./ClientErrors.ts"
export type { AllTasksQuery } from "./ListAll.ts"
export type { RateLimit } from "./RateLimit.ts"
export { type Client, type ClientOptions, makeClient, TaskwrightClient } from "./TaskwrightClient.ts"
export { memoryTokenStore, type TokenStore, type Tokens } from "./TokenStore.ts"
